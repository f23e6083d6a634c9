// cargo add jsonwebtoken --features rust_crypto
// cargo add serde --features derive
// cargo add ureq@2 --features json
use std::io::{stdin, BufRead};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, error::Error, process::ExitCode};

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use jsonwebtoken::{decode, decode_header, Algorithm, DecodingKey, Validation};

#[derive(Clone, Debug, serde::Deserialize)]
pub struct Claims {
    pub sub: String,
    pub username: String,
    pub sid: String,
    token_type: String,
}

/// The claims of a good access token; an error for every other.
pub fn verify_access_token(token: &str) -> Result<Claims, Box<dyn Error>> {
    let header = decode_header(token)?;
    let key = published_key(&header.kid.ok_or("no kid")?)?;
    let mut validation = Validation::new(match key.algorithm {
        AlgorithmParameters::EllipticCurve(_) => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(_) => Algorithm::EdDSA,
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        _ => return Err("a key of another kind".into()),
    });
    validation.leeway = 0;
    validation.set_issuer(&[env::var("COUNTERSIGN_ISSUER")?]);
    validation.set_audience(&[env::var("COUNTERSIGN_AUDIENCE")?]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    let claims = decode::<Claims>(token, &DecodingKey::from_jwk(&key)?, &validation)?.claims;
    if header.typ.as_deref() != Some("at+jwt") || claims.token_type != "access" {
        return Err("not an access token".into());
    }
    Ok(claims)
}

static KNOWN: Mutex<Option<(Instant, JwkSet)>> = Mutex::new(None);

/// Keys are kept for five minutes, and read again for a name that is not known, at most every ten seconds.
fn published_key(kid: &str) -> Result<Jwk, Box<dyn Error>> {
    let mut known = KNOWN.lock().map_err(|_| "a reader of keys panicked")?;
    let is_fresh = known.as_ref().is_some_and(|(read_at, keys)| {
        let limit = if keys.find(kid).is_some() { 300 } else { 10 };
        read_at.elapsed() < Duration::from_secs(limit)
    });
    if !is_fresh {
        let uri = env::var("COUNTERSIGN_JWKS_URI")?;
        let keys = ureq::get(&uri).timeout(Duration::from_secs(5)).call()?.into_json()?;
        *known = Some((Instant::now(), keys));
    }
    let key = known.as_ref().and_then(|(_, keys)| keys.find(kid));
    Ok(key.ok_or("no such key")?.clone())
}

fn main() -> ExitCode {
    let mut status = ExitCode::SUCCESS;
    for token in stdin().lock().lines().map_while(Result::ok) {
        match verify_access_token(&token) {
            Ok(claims) => println!("{}", claims.username),
            Err(reason) => {
                println!("refused: {reason}");
                status = ExitCode::FAILURE;
            }
        }
    }
    status
}
