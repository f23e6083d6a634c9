# cpanm Crypt::JWT
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use HTTP::Tiny;
use JSON::PP qw(decode_json);
use MIME::Base64 qw(decode_base64url);

my $http = HTTP::Tiny->new(timeout => 5, verify_SSL => 1);
my ($keys, $read_at) = ({ keys => [] }, 0);

# The claims of a good access token; dies for every other.
sub verify_access_token {
    my ($token) = @_;
    my ($header, $claims) = decode_jwt(
        token         => $token,
        kid_keys      => published_keys($token),
        accepted_alg  => ['ES256', 'EdDSA', 'RS256'],
        verify_iss    => sub { $_[0] eq $ENV{COUNTERSIGN_ISSUER} },
        verify_aud    => sub { $_[0] eq $ENV{COUNTERSIGN_AUDIENCE} },
        verify_exp    => 1,
        decode_header => 1,
    );
    die "not an access token\n"
        unless ($header->{typ} // '') eq 'at+jwt' && ($claims->{token_type} // '') eq 'access';
    return $claims;
}

# Kept for five minutes, and read again for a name that is not known, at most every ten seconds.
sub published_keys {
    my ($token) = @_;
    my $header = decode_json(decode_base64url((split /\./, $token)[0]));
    my $known  = grep { $_->{kid} eq ($header->{kid} // '') } @{ $keys->{keys} };
    my $age    = time - $read_at;
    if ($age > 300 || !$known && $age > 10) {
        my $answer = $http->get($ENV{COUNTERSIGN_JWKS_URI});
        die "keys: $answer->{status} $answer->{reason}\n" unless $answer->{success};
        ($keys, $read_at) = (decode_json($answer->{content}), time);
    }
    return $keys;
}

$| = 1;
my $status = 0;
while (my $token = <STDIN>) {
    chomp $token;
    my $claims = eval { verify_access_token($token) };
    print $claims ? "$claims->{username}\n" : 'refused: ' . (split /\n/, $@)[0] . "\n";
    $status = 1 unless $claims;
}
exit $status;
