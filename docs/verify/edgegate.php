<?php
// PHP behind Edgegate: edgegate_visitor() is whoever the signed assertion names, or null. Needs openssl, and sodium for EdDSA; both
// come with PHP. EDGEGATE_JWKS_CACHE names a file in a folder that nobody but PHP may write: whoever writes it can sign.

function edgegate_visitor(): ?array
{
    return edgegate_verify($_SERVER['HTTP_X_AUTH_ASSERTION'] ?? '');
}

/** The claims of a genuine assertion for this app, or null. */
function edgegate_verify(string $token): ?array
{
    if (strlen($token) > 8192 || !preg_match('/\A[\w-]+\.[\w-]+\.[\w-]+\z/', $token)) return null;
    [$head, $body, $signature] = explode('.', $token);
    $header = edgegate_object($head);
    $claims = edgegate_object($body);
    if ($header === null || $claims === null || !is_string($header['kid'] ?? null)) return null;
    $key = edgegate_key($header['kid']);
    // The key decides the algorithm; no jku, crit or other surprises.
    if ($key === null || count($header) !== 3 || ($header['alg'] ?? null) !== $key['alg']) return null;
    if (($header['typ'] ?? null) !== 'edgegate-assertion+jwt') return null;
    if (!edgegate_signed($key, "$head.$body", edgegate_bytes($signature) ?? '')) return null;
    [$now, $leeway] = [time(), 5];
    foreach (['iat', 'nbf', 'exp'] as $name) if (!is_int($claims[$name] ?? null)) return null;
    $timely = $claims['exp'] > $now - $leeway && $claims['nbf'] <= $now + $leeway && $claims['iat'] <= $now + $leeway;
    $short = $claims['iat'] >= 0 && $claims['exp'] - $claims['iat'] <= 60;
    $audience = $claims['aud'] ?? null;
    $ours = ($claims['iss'] ?? null) === getenv('EDGEGATE_ISSUER')
        && in_array(getenv('EDGEGATE_AUDIENCE'), is_array($audience) && array_is_list($audience) ? $audience : [$audience], true);
    $named = is_string($claims['sub'] ?? null) && $claims['sub'] !== '';
    return $timely && $short && $ours && $named ? $claims : null;
}

function edgegate_signed(array $key, string $message, string $signature): bool
{
    $x = edgegate_bytes($key['x'] ?? '') ?? '';
    if (strlen($signature) !== 64 || strlen($x) !== 32) return false;
    if ($key['alg'] === 'EdDSA' && $key['crv'] === 'Ed25519') {
        return sodium_crypto_sign_verify_detached($signature, $message, $x);
    }
    $y = edgegate_bytes($key['y'] ?? '') ?? '';
    if ($key['alg'] !== 'ES256' || $key['crv'] !== 'P-256' || strlen($y) !== 32) return false;
    // An EC key on P-256 as SubjectPublicKeyInfo (RFC 5480): everything but the point is always the same.
    $der = hex2bin('3059301306072a8648ce3d020106082a8648ce3d030107034200') . "\x04" . $x . $y;
    $pem = "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($der), 64) . "-----END PUBLIC KEY-----\n";
    // JWS has r and s side by side (RFC 7518 section 3.4), openssl wants two ASN.1 integers.
    $integers = '';
    foreach (str_split($signature, 32) as $number) {
        $number = ltrim($number, "\0");
        if ($number === '' || ord($number[0]) > 127) $number = "\0" . $number;
        $integers .= "\x02" . chr(strlen($number)) . $number;
    }
    return openssl_verify($message, "\x30" . chr(strlen($integers)) . $integers, $pem, OPENSSL_ALGO_SHA256) === 1;
}

/** Fetched every five minutes; for an unknown name at most every ten seconds: anybody can send those. */
function edgegate_key(string $kid): ?array
{
    $file = getenv('EDGEGATE_JWKS_CACHE');
    if ($file === false || $file === '') throw new RuntimeException('EDGEGATE_JWKS_CACHE is not set');
    clearstatcache();
    $age = is_file($file) ? time() - filemtime($file) : PHP_INT_MAX;
    $keys = edgegate_keys_in($age <= 300 ? (string) file_get_contents($file) : '');
    if ($age > 300 || (!isset($keys[$kid]) && $age > 10)) {
        $context = stream_context_create(['http' => ['timeout' => 5, 'follow_location' => 0]]);
        $text = @file_get_contents(getenv('EDGEGATE_JWKS_URL'), false, $context, 0, 1 << 20) ?: '{}';
        // In one step, so that nobody reads half of it.
        $new = tempnam(dirname($file), 'jwks');
        file_put_contents($new, $text);
        rename($new, $file);
        $keys = edgegate_keys_in($text);
    }
    return $keys[$kid] ?? null;
}

function edgegate_keys_in(string $text): array
{
    $keys = json_decode($text, true)['keys'] ?? [];
    return is_array($keys) ? array_column($keys, null, 'kid') : [];
}

function edgegate_object(string $part): ?array
{
    $text = edgegate_bytes($part);
    // Objects within stay objects: as an array `{"0": "…"}` would be a list.
    $value = $text === null ? null : json_decode($text, false, 32);
    return $value instanceof stdClass ? (array) $value : null;
}

/** Strict: PHP's decoder otherwise skips what it does not know. */
function edgegate_bytes(string $part): ?string
{
    $bytes = base64_decode(strtr($part, '-_', '+/'), true);
    return $bytes === false ? null : $bytes;
}
