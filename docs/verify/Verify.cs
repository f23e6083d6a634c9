// dotnet add package Microsoft.IdentityModel.Protocols.OpenIdConnect
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

var status = 0;
while (Console.ReadLine() is { } token)
{
    try
    {
        Console.WriteLine((await AccessToken.Verify(token))["username"]);
    }
    catch (SecurityTokenException refused)
    {
        Console.WriteLine($"refused: {refused.Message}");
        status = 1;
    }
}
return status;

public static class AccessToken
{
    static readonly string Issuer = Environment.GetEnvironmentVariable("COUNTERSIGN_ISSUER")!;

    static readonly TokenValidationParameters Parameters = new()
    {
        // Finds the keys, keeps them for five minutes, and reads them again for a name that is not known.
        ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{Issuer}/.well-known/oauth-authorization-server",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = !Issuer.StartsWith("http://127.0.0.1:") })
        {
            AutomaticRefreshInterval = TimeSpan.FromMinutes(5),
            RefreshInterval = TimeSpan.FromSeconds(10),
            UseLastKnownGoodConfiguration = false, // or a revoked key would live for another hour
        },
        ValidAlgorithms = ["ES256", "RS256"],
        ValidTypes = ["at+jwt"],
        ValidIssuer = Issuer,
        ValidAudience = Environment.GetEnvironmentVariable("COUNTERSIGN_AUDIENCE"),
        ClockSkew = TimeSpan.Zero,
    };

    /// <summary>The claims of a good access token; throws for every other.</summary>
    public static async Task<IDictionary<string, object>> Verify(string token)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, Parameters);
        if (!result.IsValid) throw new SecurityTokenException(result.Exception.Message);
        if (!result.Claims.TryGetValue("token_type", out var kind) || kind as string != "access")
            throw new SecurityTokenException("not an access token");
        return result.Claims;
    }
}
