<?php
// Makes vectors with PHP's password_hash and its crypt, which is PHP's own code and not the C library's.
// Run: php password_hash.php > php.json (made with PHP 8.2.36)

$passwords = json_decode(file_get_contents(__DIR__ . '/passwords.json'));
$lowArgon2 = ['memory_cost' => 64, 'time_cost' => 2, 'threads' => 1];
$lowCost = [
    'bcrypt 2y' => fn($word) => password_hash($word, PASSWORD_BCRYPT, ['cost' => 4]),
    'argon2i' => fn($word) => password_hash($word, PASSWORD_ARGON2I, $lowArgon2),
    'argon2id' => fn($word) => password_hash($word, PASSWORD_ARGON2ID, $lowArgon2),
    'sha256_crypt' => fn($word) => crypt($word, '$5$rounds=1000$saltstring$'),
    'sha512_crypt' => fn($word) => crypt($word, '$6$rounds=1000$saltstring$'),
];
$vectors = [];
foreach ($lowCost as $name => $make) {
    foreach ($passwords as $word) {
        $vectors[] = [$name, $word, $make($word)];
    }
}
$vectors[] = ['bcrypt as PHP makes it', $passwords[1], password_hash($passwords[1], PASSWORD_DEFAULT)];
$vectors[] = ['argon2id as PHP makes it', $passwords[1], password_hash($passwords[1], PASSWORD_ARGON2ID)];
echo json_encode($vectors, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
