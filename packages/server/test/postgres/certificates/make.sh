#!/usr/bin/env bash
# Made the certificates in this folder, with OpenSSL 3. They hold from 2020 to 2120 and protect nothing: their keys are
# public. `authority.pem` signed the other two; `stranger.pem` is an authority that signed none of them. The server's is
# for the name localhost, and not for the address 127.0.0.1; the client's is for the user who is named in it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cd "$work"
touch index
cat > ca.conf <<'CONF'
[ca]
default_ca = test
[test]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = names
[names]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[server]
subjectAltName = DNS:localhost
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
CONF

request() { # NAME COMMON_NAME
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/CN=$2" -keyout "$1.key" -out "$1.csr"
}
sign() { # NAME SECTION FLAGS...
  openssl ca -batch -notext -config ca.conf -startdate 20200101000000Z -enddate 21200101000000Z \
    -extensions "$2" -in "$1.csr" -out "$1.pem" "${@:3}"
}
request authority 'Countersign test authority'
sign authority authority -selfsign -keyfile authority.key
request stranger 'Another test authority'
sign stranger authority -selfsign -keyfile stranger.key
request server localhost
sign server server -cert authority.pem -keyfile authority.key
request client countersign_client
sign client client -cert authority.pem -keyfile authority.key
cp authority.pem stranger.pem server.pem server.key client.pem client.key "$here"
