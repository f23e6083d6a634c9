<?php
// composer require firebase/php-jwt; the extension APCu keeps the keys between requests
require 'vendor/autoload.php';

use Firebase\JWT\JWK;
use Firebase\JWT\JWT;

/** The claims of a good access token; throws for every other. */
function verifyAccessToken(string $token): object
{
    $header = new stdClass();
    $claims = JWT::decode($token, publishedKeys($token), $header);
    $audience = (array) ($claims->aud ?? []);
    match (true) {
        ($claims->iss ?? null) !== getenv('COUNTERSIGN_ISSUER') => throw new UnexpectedValueException('another issuer'),
        !in_array(getenv('COUNTERSIGN_AUDIENCE'), $audience, true) => throw new UnexpectedValueException('another audience'),
        !isset($claims->exp, $claims->sub) => throw new UnexpectedValueException('a claim is missing'),
        ($header->typ ?? null) !== 'at+jwt', ($claims->token_type ?? null) !== 'access'
            => throw new UnexpectedValueException('not an access token'),
        default => null,
    };
    return $claims;
}

/** Kept for five minutes, and read again for a name that is not known, at most every ten seconds. */
function publishedKeys(string $token): array
{
    $header = json_decode(JWT::urlsafeB64Decode(explode('.', $token)[0]), true);
    $jwks = apcu_entry('countersign-keys', readKeys(...), 300);
    $isKnown = in_array($header['kid'] ?? null, array_column($jwks['keys'], 'kid'), true);
    if (!$isKnown && apcu_add('countersign-keys-asked', true, 10)) {
        $jwks = readKeys();
        apcu_store('countersign-keys', $jwks, 300);
    }
    return JWK::parseKeySet($jwks);
}

function readKeys(): array
{
    $context = stream_context_create(['http' => ['timeout' => 5]]);
    $text = file_get_contents(getenv('COUNTERSIGN_JWKS_URI'), context: $context);
    if ($text === false) {
        throw new RuntimeException('the keys cannot be read');
    }
    return json_decode($text, true, flags: JSON_THROW_ON_ERROR);
}

$status = 0;
while (($token = fgets(STDIN)) !== false) {
    try {
        echo verifyAccessToken(trim($token))->username, "\n";
    } catch (Throwable $refused) {
        echo 'refused: ', $refused->getMessage(), "\n";
        $status = 1;
    }
}
exit($status);
