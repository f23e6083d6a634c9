// Maven: org.bitbucket.b_c:jose4j
import java.util.Scanner;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.Validator;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;

public class Verify {
    private static final JwtConsumer consumer = new JwtConsumerBuilder()
            .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(publishedKeys()))
            .setJwsAlgorithmConstraints(ConstraintType.PERMIT, "ES256", "EdDSA", "RS256")
            .setExpectedType(true, "at+jwt")
            .setExpectedIssuer(System.getenv("COUNTERSIGN_ISSUER"))
            .setExpectedAudience(System.getenv("COUNTERSIGN_AUDIENCE"))
            .setRequireExpirationTime()
            .setRequireSubject()
            .registerValidator((Validator) context ->
                    "access".equals(context.getJwtClaims().getClaimValue("token_type")) ? null : "not an access token")
            .build();

    /** They are kept as long as their Cache-Control says, and read again for a name that is not known. */
    private static HttpsJwks publishedKeys() {
        HttpsJwks keys = new HttpsJwks(System.getenv("COUNTERSIGN_JWKS_URI"));
        keys.setDefaultCacheDuration(300);
        keys.setRefreshReprieveThreshold(10_000);
        return keys;
    }

    /** The claims of a good access token; throws for every other. */
    public static JwtClaims verifyAccessToken(String token) throws InvalidJwtException {
        return consumer.processToClaims(token);
    }

    public static void main(String[] args) throws Exception {
        int status = 0;
        for (Scanner lines = new Scanner(System.in); lines.hasNextLine();) {
            try {
                System.out.println(verifyAccessToken(lines.nextLine()).getStringClaimValue("username"));
            } catch (InvalidJwtException refused) {
                System.out.println("refused: " + refused.getMessage().lines().findFirst().orElse(""));
                status = 1;
            }
        }
        System.exit(status);
    }
}
