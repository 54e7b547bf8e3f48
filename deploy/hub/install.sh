#!/bin/bash
# Brings up a hub and its PostgreSQL on Debian 12 or 13; run again, it updates both the program and the configuration.
set -euo pipefail
umask 022

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CONFIGURATION=/etc/wms
ACCOUNT=wms
OLDEST_POSTGRES=15
NEWEST_POSTGRES=18

WAREHOUSE='' NAME='' LISTEN=0.0.0.0:8080 DATA=/var/lib/wms-hub DATABASE='' PREFIX=/opt/wms BACKUPS=/var/backups/wms-hub
TLS_CERT='' TLS_KEY='' BEHIND_PROXY=no SYSTEMD=yes DRY=no

usage() {
    cat <<'TEXT'
usage: deploy/hub/install.sh --warehouse NAME [options]          (as root)

  --warehouse NAME    what this warehouse is called; run again with another name, the same hub serves both
  --name HOST         what terminals call this machine (its own full name)
  --listen HOST:PORT  where the hub listens (0.0.0.0:8080; with --behind-proxy 127.0.0.1:8080)
  --tls-cert FILE     the hub's certificate and all above it (PEM); without one the hub makes its own authority
  --tls-key FILE      its private key (PEM)
  --behind-proxy      a proxy on this machine speaks TLS, under --name and port 443
  --database URL      an existing PostgreSQL, postgresql://USER:PASSWORD@HOST/NAME; "-" reads the URL from standard input
  --data DIR          the hub's own files (/var/lib/wms-hub)
  --backups DIR       where the nightly copy goes (/var/backups/wms-hub)
  --prefix DIR        where the program goes (/opt/wms)
  --no-systemd        install no units and start no hub: for containers
  --dry-run           only print what would be done
TEXT
}

die() {
    echo "install.sh: $*" >&2
    exit 1
}

say() { echo "== $*"; }

# What changes the system goes through here, so that --dry-run can show it
run() {
    if [[ $DRY == yes ]]; then
        printf '%q ' "$@"
        echo
    else
        "$@"
    fi
}

# write MODE OWNER:GROUP FILE: the file gets what comes on standard input
write() {
    if [[ $DRY == yes ]]; then
        echo "write $3 (mode $1, $2):"
        sed 's/^/    /'
        return
    fi
    local fresh
    fresh=$(mktemp "$3.XXXXXX")
    cat >"$fresh"
    chown "$2" "$fresh"
    chmod "$1" "$fresh"
    mv "$fresh" "$3"
}

read_options() {
    while (($#)); do
        case $1 in
            --warehouse | --name | --listen | --tls-cert | --tls-key | --database | --data | --backups | --prefix)
                (($# > 1)) || die "$1 needs a value"
                local name=${1#--}
                name=${name^^}
                printf -v "${name//-/_}" %s "$2"
                shift 2
                ;;
            --behind-proxy) BEHIND_PROXY=yes LISTEN=127.0.0.1:${LISTEN##*:} && shift ;;
            --no-systemd) SYSTEMD=no && shift ;;
            --dry-run) DRY=yes && shift ;;
            -h | --help) usage && exit 0 ;;
            *) usage >&2 && die "unknown option $1" ;;
        esac
    done
    [[ $DATABASE != - ]] || read -r DATABASE || die "no URL came on standard input"
}

check_options() {
    [[ -n $WAREHOUSE ]] || die "--warehouse NAME is missing"
    [[ $WAREHOUSE =~ ^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$ ]] ||
        die "a warehouse is named by up to 32 letters, digits, hyphens and underscores, not $WAREHOUSE"
    [[ $LISTEN =~ ^(.+):([0-9]+)$ ]] || die "--listen takes HOST:PORT, not $LISTEN"
    HOST=${BASH_REMATCH[1]} PORT=${BASH_REMATCH[2]}
    HOST=${HOST#[} HOST=${HOST%]}
    ((PORT > 0 && PORT < 65536)) || die "there is no port $PORT"
    [[ (-n $TLS_CERT && -n $TLS_KEY) || -z $TLS_CERT$TLS_KEY ]] || die "--tls-cert and --tls-key go together"
    local file
    for file in "$DATA" "$BACKUPS" "$PREFIX" ${TLS_CERT:+"$TLS_CERT" "$TLS_KEY"}; do
        [[ $file == /* ]] || die "$file must be an absolute path"
    done
    [[ $BEHIND_PROXY == no || -z $TLS_CERT ]] || die "with --behind-proxy the proxy has the certificate"
    NAME=${NAME:-$(hostname -f 2>/dev/null || hostname)}
    if [[ -n $DATABASE ]]; then
        [[ $DATABASE =~ ^postgres(ql)?:// ]] || die "--database takes a URL that begins with postgresql://"
        [[ ! $DATABASE =~ [?\&]password= ]] || die "write the password as postgresql://USER:PASSWORD@HOST/NAME"
    fi
    command -v apt-get >/dev/null || die "this is no Debian"
    [[ $DRY == yes || $EUID == 0 ]] || die "run it as root"
}

packages() {
    run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# The highest version of a cluster on this machine that is new enough: "VERSION NAME PORT STATUS"
cluster() {
    command -v pg_lsclusters >/dev/null || return 0
    pg_lsclusters --no-header | awk -v oldest=$OLDEST_POSTGRES '$1 >= oldest {print $1, $2, $3, $4}' | sort -n | tail -n 1
}

# PostgreSQL's own packages, if this machine reaches them; their key comes with Debian's postgresql-common
add_pgdg() {
    local keys=/usr/share/postgresql-common/pgdg/apt.postgresql.org.gpg list=/etc/apt/sources.list.d/wms-pgdg.sources
    [[ -e $keys ]] || keys=${keys%.gpg}.asc
    local suite
    # shellcheck source=/dev/null
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME-pgdg")
    write 644 root:root "$list" <<TEXT
Types: deb
URIs: https://apt.postgresql.org/pub/repos/apt
Suites: $suite
Components: main
Signed-By: $keys
TEXT
    run apt-get update -q -o "Dir::Etc::SourceList=$list" -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0 \
        -o APT::Update::Error-Mode=any -o Acquire::Retries=0 -o Acquire::https::Timeout=15 && return
    run rm -f "$list"
    return 1
}

install_postgres() {
    packages postgresql-common
    if [[ $DRY == no && -n $(cluster) ]]; then
        say "PostgreSQL $(cluster | cut -d' ' -f1) is here already"
    elif add_pgdg; then
        say "PostgreSQL $NEWEST_POSTGRES from apt.postgresql.org"
        packages "postgresql-$NEWEST_POSTGRES"
    else
        say "apt.postgresql.org can't be reached: PostgreSQL as Debian has it"
        packages postgresql
    fi
    [[ $DRY == no ]] || return 0
    local version name status
    read -r version name POSTGRES_PORT status <<<"$(cluster)"
    [[ -n $version ]] || die "no cluster of PostgreSQL $OLDEST_POSTGRES or later came up"
    [[ $status == online* ]] || pg_ctlcluster "$version" "$name" start
    say "PostgreSQL $version, cluster $name, port $POSTGRES_PORT"
}

as_postgres() { (cd / && runuser -u postgres -- psql -p "$POSTGRES_PORT" -X -At -q -v ON_ERROR_STOP=1 "$@"); }

# The role has no password: it is whoever the operating system says is the account of the same name
make_database() {
    DATABASE="postgresql:///$ACCOUNT?host=/var/run/postgresql&port=${POSTGRES_PORT:-5432}"
    say "role and database $ACCOUNT"
    [[ $DRY == no ]] || return 0
    if [[ ! $(as_postgres -c "SELECT 1 FROM pg_roles WHERE rolname = '$ACCOUNT'") ]]; then
        as_postgres -c "CREATE ROLE $ACCOUNT LOGIN"
    fi
    if [[ ! $(as_postgres -c "SELECT 1 FROM pg_database WHERE datname = '$ACCOUNT'") ]]; then
        as_postgres -c "CREATE DATABASE $ACCOUNT OWNER $ACCOUNT TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        as_postgres -c "REVOKE CONNECT ON DATABASE $ACCOUNT FROM PUBLIC"
    fi
}

make_account() {
    say "account $ACCOUNT"
    id "$ACCOUNT" >/dev/null 2>&1 ||
        run useradd --system --user-group --home-dir "$DATA" --shell /usr/sbin/nologin "$ACCOUNT"
    run install -d -m 700 -o "$ACCOUNT" -g "$ACCOUNT" "$DATA" "$BACKUPS"
    run install -d -m 750 -o root -g "$(id -gn "$ACCOUNT" 2>/dev/null || echo root)" "$CONFIGURATION"
}

install_program() {
    say "the program in $PREFIX"
    [[ -x $PREFIX/bin/pip ]] || run python3 -m venv "$PREFIX"
    local copy=$CHECKOUT
    if [[ $DRY == no ]]; then
        copy=$(mktemp -d)  # building leaves files beside the sources
        # shellcheck disable=SC2064
        trap "rm -rf '$copy'" EXIT
        (cd "$CHECKOUT" && tar -cf - pyproject.toml README.md LICENSE wms drivers labels) | tar -xf - -C "$copy"
    fi
    run "$PREFIX/bin/pip" install -q --disable-pip-version-check -c "$CHECKOUT/constraints.txt" "wms[hub,plan] @ file://$copy"
    run install -m 755 "$CHECKOUT/deploy/hub/wms-hub" "$CHECKOUT/deploy/hub/wms-hub-nightly" /usr/local/sbin/
}

# The password goes into a file of its own: what stands in the URL stands in the list of processes
keep_password() {
    local parts
    parts=$(python3 - "$CONFIGURATION" 3<<<"$DATABASE" <<'PYTHON'
import os
from urllib.parse import unquote, urlsplit

url = os.fdopen(3).read().strip()
login = urlsplit(url).netloc.rpartition("@")[0]
user, _, password = login.partition(":")
print(url.replace(f"{login}@", f"{user}@", 1) if password else url)
if password:
    escaped = (unquote(part).replace("\\", "\\\\").replace(":", "\\:") for part in (user, password))
    print("*:*:*:" + ":".join(escaped))
PYTHON
    )
    DATABASE=${parts%%$'\n'*}
    [[ $parts == *$'\n'* ]] || return 0
    [[ $DRY == no ]] || parts=$'\n*:*:*:…'
    write 600 "$ACCOUNT:$ACCOUNT" "$CONFIGURATION/pgpass" <<<"${parts#*$'\n'}"
}

configure() {
    say "the configuration, $CONFIGURATION/hub.conf"
    local serve=(--host "$HOST" --port "$PORT") address=https://$NAME:$PORT
    [[ $BEHIND_PROXY == no ]] || address=https://$NAME
    [[ -z $TLS_CERT ]] || serve+=(--tls-cert "$TLS_CERT" --tls-key "$TLS_KEY")
    [[ $BEHIND_PROXY == no ]] || serve+=(--behind-proxy)
    {
        echo "# Read by wms-hub and wms-hub-nightly (bash); written by install.sh"
        printf '%s=%q\n' ACCOUNT "$ACCOUNT" PREFIX "$PREFIX" DATA "$DATA" DATABASE "$DATABASE"
        printf '%s=%q\n' ADDRESS "$address" BACKUPS "$BACKUPS" KEEP_DAYS 14
        printf 'SERVE=(%s)\n' "$(printf '%q ' "${serve[@]}")"
    } | write 640 "root:$ACCOUNT" "$CONFIGURATION/hub.conf"
}

# Else the first plan would wait for it, and releases would be planned without it
compile_planner() {
    say "the planner, compiled for this machine"
    run runuser -u "$ACCOUNT" -- env "NUMBA_CACHE_DIR=$DATA/planner" "$PREFIX/bin/wms" plan prepare
}

check_database() {
    [[ $DRY == no ]] || return 0
    local version
    version=$(cd / && PGPASSFILE=$CONFIGURATION/pgpass runuser -u "$ACCOUNT" -- "$PREFIX/bin/python" -c '
import sys, psycopg
with psycopg.connect(sys.argv[1], connect_timeout=10) as connection:
    print(connection.info.server_version // 10000)' "$DATABASE") || die "the account $ACCOUNT can't use the database"
    ((version >= OLDEST_POSTGRES)) || die "that is PostgreSQL $version; the hub needs $OLDEST_POSTGRES or later"
    say "the account $ACCOUNT reaches PostgreSQL $version"
}

check_certificate() {
    [[ $DRY == no && -n $TLS_CERT ]] || return 0
    local file
    for file in "$TLS_CERT" "$TLS_KEY"; do
        runuser -u "$ACCOUNT" -- test -r "$file" || die "the account $ACCOUNT can't read $file"
    done
}

make_tables() {
    say "the hub's tables and certificates"
    local certificate=() address
    if [[ -z $TLS_CERT && $BEHIND_PROXY == no ]]; then
        certificate=(--tls --host "$NAME")
        for address in $(hostname -I 2>/dev/null); do certificate+=(--host "$address"); done
    fi
    run /usr/local/sbin/wms-hub init --warehouse "$WAREHOUSE" "${certificate[@]}"
}

install_units() {
    say "the services"
    local unit
    for unit in wms-hub.service wms-hub-backup.service wms-hub-backup.timer; do
        run install -m 644 "$CHECKOUT/deploy/systemd/$unit" /etc/systemd/system/
    done
    for unit in wms-hub wms-hub-backup; do
        run install -d "/etc/systemd/system/$unit.service.d"
        printf '[Service]\nReadWritePaths=%s %s\n' "$DATA" "$BACKUPS" |
            write 644 root:root "/etc/systemd/system/$unit.service.d/folders.conf"
    done
    run systemctl daemon-reload
    run systemctl enable --now wms-hub-backup.timer
    run systemctl enable wms-hub.service
    run systemctl restart wms-hub.service
}

say_what_next() {
    cat <<TEXT

The hub of $WAREHOUSE is installed$([[ $SYSTEMD == yes ]] && echo " and runs" || echo "; start it: wms-hub serve").
  how it stands:      wms-hub status
  admit a terminal:   wms-hub enrol 'bench 1'     prints what to type at the terminal, once, within 15 minutes
  a copy now:         wms-hub-nightly             goes to $BACKUPS; keep them on another machine too
  put a copy back:    wms-hub restore FILE        while the hub is stopped
TEXT
}

main() {
    read_options "$@"
    check_options
    say "packages"
    run apt-get update -q
    packages python3 python3-venv ca-certificates
    make_account
    check_certificate
    if [[ -z $DATABASE ]]; then
        install_postgres
        make_database
    fi
    install_program
    keep_password
    check_database
    configure
    make_tables
    compile_planner
    [[ $SYSTEMD == no ]] || install_units
    say_what_next
}

main "$@"
