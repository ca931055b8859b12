#!/bin/sh
# Print the file with the certificates that this system trusts, if there is one. A network of a company's own may be known
# there alone, and uv and pip trust what they bring along.
for file in \
    "${SSL_CERT_FILE:-}" \
    /etc/ssl/certs/ca-certificates.crt \
    /etc/pki/tls/certs/ca-bundle.crt \
    /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
    /etc/ssl/ca-bundle.pem \
    /etc/ssl/cert.pem; do
    if [ -n "$file" ] && [ -s "$file" ]; then
        echo "$file"
        exit
    fi
done
