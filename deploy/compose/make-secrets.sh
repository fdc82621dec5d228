#!/usr/bin/env bash
# make-secrets.sh DIR: passwords, and certificates of an authority of their own, for docker-compose.secured.yml. What is
# there is kept: to renew a certificate, delete its file and run this again.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)/deploy/grafana/provisioning/datasources/queuewatch.yaml
umask 077
mkdir -p "$1/grafana"
cd "$1"

word() { # word NAME: a password that is made once
  [[ -s $1.password ]] || openssl rand -hex 24 >"$1.password"
  cat "$1.password"
}

if [[ ! -s ca.pem ]]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 \
    -subj "/CN=queuewatch compose" -keyout ca.key -out ca.pem 2>/dev/null
fi

certificate() { # certificate NAME: NAME.pem and NAME.key, valid for a year, also under the names of this machine
  [[ -s $1.pem ]] && return
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj "/CN=$1" \
    -keyout "$1.key" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out "$1.pem" 2>/dev/null \
    -extfile <(echo "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1")
  rm "$1.csr"
}
certificate kafka
certificate clickhouse
cat kafka.key kafka.pem >kafka.keystore.pem

kafka=$(word kafka) queuewatch=$(word queuewatch) database=$(word clickhouse)
login=org.apache.kafka.common.security.plain.PlainLoginModule
cat >kafka_jaas.conf <<EOF
KafkaServer {
  $login required username="kafka" password="$kafka" user_kafka="$kafka" user_queuewatch="$queuewatch";
};
EOF
cat >kafka-tools.properties <<EOF
security.protocol=SASL_SSL
ssl.truststore.type=PEM
ssl.truststore.location=/run/secrets/ca.pem
sasl.mechanism=PLAIN
sasl.jaas.config=$login required username="kafka" password="$kafka";
EOF
cat >kafka.properties <<EOF
security.protocol=SASL_SSL
ssl.ca.location=/run/secrets/ca.pem
sasl.mechanism=PLAIN
sasl.username=queuewatch
sasl.password=$queuewatch
EOF
cat >clickhouse.properties <<EOF
ssl.ca.location=/run/secrets/ca.pem
password=$database
EOF
digest() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
cat >clickhouse-users.xml <<EOF
<clickhouse>
  <users>
    <queuewatch>
      <password remove="1"/>
      <password_sha256_hex>$(digest "$database")</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </queuewatch>
    <default remove="1"/>
  </users>
</clickhouse>
EOF
sed -e 's,port: 9000,port: 9440\n      secure: true\n      tlsAuthWithCACert: true,' \
  -e 's,^    secureJsonData:,&\n      tlsCACert: $__file{/run/secrets/ca.pem},' "$source" >grafana/queuewatch.yaml
# Containers read these as users of their own: the folder guards them, not their mode.
chmod 755 grafana
chmod 644 ca.pem kafka.keystore.pem kafka_jaas.conf kafka-tools.properties kafka.properties clickhouse.properties \
  clickhouse.pem clickhouse.key clickhouse-users.xml grafana/queuewatch.yaml
echo "secrets in $PWD"
