#!/usr/bin/env bash
# Tries two versions of the package: installed, started as the unit says, a sale posted, killed,
# backed up, upgraded, put back, removed, purged; the book outlives all of it.
#
# It runs in a machine of its own: this one's files under a layer that is thrown away, no network but
# a loopback. There is no systemd in it: a stand-in for systemctl starts what the unit names, as its
# user, with its environment and credentials, and starts it again when it dies.
#
#   packaging/try.sh ONE.deb NEXT.deb
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    one=$(realpath "$1") next=$(realpath "$2") self=$(realpath "$0")
    if ! unshare --mount --net --pid --fork true 2>/dev/null; then
        echo "SKIPPED: this machine does not let us make namespaces"
        exit 0
    fi
    exec unshare --mount --net --pid --fork --kill-child bash "$self" --inside "$one" "$next"
fi

one=$2 next=$3
if [ "${4:-}" != --chroot ]; then
    layer=$(mktemp -d)
    mount -t tmpfs tmpfs "$layer"
    mkdir "$layer/files" "$layer/work" "$layer/root"
    if ! mount -t overlay overlay "$layer/root" \
        -o "lowerdir=/,upperdir=$layer/files,workdir=$layer/work"; then
        echo "SKIPPED: this machine does not let us lay files over its own"
        exit 0
    fi
    mount -t proc proc "$layer/root/proc"
    mount --rbind /dev "$layer/root/dev"
    ip link set lo up
    cp "$0" "$one" "$next" "$layer/root/mnt/"
    exec chroot "$layer/root" bash "/mnt/$(basename "$0")" --inside \
        "/mnt/$(basename "$one")" "/mnt/$(basename "$next")" --chroot
fi

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
cd /mnt
say() { echo "   $*"; }
die() {
    echo "FAILED: $*" >&2
    tail -n 20 /mnt/*.log >&2 || true
    exit 1
}
trap 'die "line $LINENO"' ERR
control=http://127.0.0.1:9003/control

# Asks again until it is so, for at most a minute and a half.
until_so() {
    local what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 450 ] || die "$what"
        sleep 0.2
    done
}
ready() { curl -fsS -m 2 http://127.0.0.1:8080/readyz; }
gone() { ! curl -fsS -m 2 http://127.0.0.1:8080/healthz; }
documents() { curl -fsS "$control/orderwise/documents?limit=1" | sed 's/.*"total":\([0-9]*\).*/\1/'; }
some_documents() { [ "$(documents)" -gt 5 ]; }
orders() { curl -fsS "$control/sitoo/totals" | sed 's/.*"count":\([0-9]*\).*/\1/'; }
sell() {
    curl -fsS -H 'content-type: application/json' "$control/sitoo/sales" -d \
        "{\"register\":\"$register\",\"rows\":[{\"sku\":\"$sku\"}],\"payments\":[{\"name\":\"Card\",\"external_id\":\"CARD\",\"kind\":\"card\"}]}" |
        sed 's/.*"orderid":\([0-9]*\).*/\1/'
}
# A sale is in OrderWise once: not none, and not two.
posted_once() {
    curl -fsS "$control/orderwise/documents?reference=S1-$1" | grep -o '"reference":"S1-'"$1"'"' |
        wc -l | grep -qx 1
}
whole() { "$1" evidence verify | grep -q 'nothing was changed'; }

# ---- a stand-in for systemd ----------------------------------------------------------------------
mkdir -p /run/systemd/system
cat >/usr/local/bin/systemctl <<'EOF'
#!/bin/bash
# daemon-reload, start, stop, try-restart, enable --now, disable --now, is-active: for one service.
unit=/lib/systemd/system/daybook.service
value() { sed -n "s/^$1=//p" "$unit"; }
up() { [ -e /run/daybook.supervisor ] && kill -0 "$(cat /run/daybook.supervisor)" 2>/dev/null; }
start() {
    up && return
    setsid "$0" supervise </dev/null >>/mnt/supervisor.log 2>&1 &
    echo $! >/run/daybook.supervisor
}
stop() {
    up || return 0
    touch /run/daybook.stop
    [ -e /run/daybook.pid ] && kill "$(cat /run/daybook.pid)" 2>/dev/null
    while up; do sleep 0.1; done
    rm -f /run/daybook.stop /run/daybook.supervisor
}
supervise() {
    user=$(value User)
    install -d -o "$user" -g "$user" -m "$(value StateDirectoryMode)" "/var/lib/$(value StateDirectory)"
    IFS=: read -r name folder <<<"$(value LoadCredential)"
    secrets=/run/credentials/daybook.service
    rm -rf "$secrets"
    install -d -o "$user" -m 0500 "$secrets"
    for file in "$folder"/*; do
        [ -f "$file" ] && install -o "$user" -m 0400 "$file" "$secrets/${name}_${file##*/}"
    done
    cd "$(value WorkingDirectory)" || exit 1
    umask "$(value UMask)"
    while :; do
        # shellcheck disable=SC2046
        setpriv --reuid="$user" --regid="$(value Group)" --init-groups --no-new-privs \
            --bounding-set=-all --inh-caps=-all \
            env -i PATH=/usr/bin:/bin $(value Environment) CREDENTIALS_DIRECTORY="$secrets" \
            $(value ExecStart) >>/mnt/service.log 2>&1 &
        echo $! >/run/daybook.pid
        wait $!
        code=$?
        echo "ended with $code"
        [ -e /run/daybook.stop ] || [ "$code" -eq 0 ] && exit 0
        sleep 1
    done
}
case "$1" in
    daemon-reload) ;;
    start) start ;;
    stop) stop ;;
    try-restart) if up; then stop && start; fi ;;
    enable) start ;;
    disable) stop ;;
    is-active) up ;;
    supervise) supervise ;;
    *) echo "systemctl $1: not in this stand-in" >&2; exit 1 ;;
esac
EOF
chmod 755 /usr/local/bin/systemctl

# ---- installed -----------------------------------------------------------------------------------
dpkg -i "$one" >/mnt/dpkg.log 2>&1
[ "$(stat -c '%U:%G %a' /etc/daybook/daybook.toml)" = "root:daybook 640" ]
[ "$(stat -c '%U:%G %a' /var/lib/daybook)" = "daybook:daybook 750" ]
man -l /usr/share/man/man1/daybook.1.gz >/dev/null 2>&1 || say "no man here to read the pages with"
bash -n /usr/share/bash-completion/completions/daybook
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify --man=no /lib/systemd/system/daybook.service
    exposed=$(systemd-analyze security --offline=true --threshold=20 /lib/systemd/system/daybook.service | tail -1)
    exposed=${exposed#*: }
    say "systemd-analyze: the unit is sound, its exposure ${exposed%% *} of 10"
fi
if systemctl is-active daybook; then die "it runs before it has its settings"; fi
say "installed $(daybook --version): not started before it has its settings"

daybook sandbox --transactions 30 --write-config /mnt/sandbox.toml >/mnt/sandbox.log 2>&1 &
until_so "the stand-ins answer" test -s /mnt/sandbox.toml
until_so "the stand-ins answer" curl -fsS "$control/sitoo/totals"
# As the README says: answers in a file, passwords in files beside it.
secret() { # section, key, name of its file
    sed -n "/^\[$1\]/,/^\[/s/^$2 = \"\(.*\)\"/\1/p" sandbox.toml |
        install -m 0600 /dev/stdin "/mnt/$1.$2"
}
secret sitoo password
secret orderwise password
secret web events-password
{
    awk '/^\[/ { part = $0; gsub(/[][]/, "", part) }
        /^(events-)?password = / { print $1 "-file = \"" part "." $1 "\""; next } { print }' sandbox.toml
    printf '[init]\naccept = "certain"\n'
} >answers.toml
daybook-admin init --answers /mnt/answers.toml >init.log 2>&1 || die "init: $(cat init.log)"
[ "$(stat -c '%U:%G %a' /etc/daybook/daybook.toml)" = "root:daybook 640" ]
[ "$(stat -c '%U:%G %a' /etc/daybook/credentials/sitoo.password)" = "root:daybook 640" ]
if grep -q password-file /etc/daybook/daybook.toml; then die "a password stays where the service cannot read it"; fi
[ "$(stat -c '%U:%G' /var/lib/daybook/daybook.db)" = "daybook:daybook" ]
daybook-admin check >check.log 2>&1 || die "check: $(cat check.log)"
daybook-admin audit >audit.log 2>&1 || [ $? -eq 3 ] || die "audit: $(cat audit.log)"
daybook-admin sync sales >sync.log 2>&1 || [ $? -eq 3 ] || die "sync sales: $(cat sync.log)"
some_documents || die "nothing was posted: $(cat sync.log)"
say "set up by init, from a file of answers: $(documents) documents posted by the first pass"
systemctl enable --now daybook
until_so "it is ready" ready
[ "$(ps -o user= -p "$(cat /run/daybook.pid)")" = daybook ]
register=$(curl -fsS "$control/sitoo/orders" | grep -o '"register[a-z_]*":"[^"]*"' | head -1 | cut -d'"' -f4)
until_so "the day is posted" some_documents
sku=$(curl -fsS "$control/orderwise/documents?limit=5" | grep -o '"sku":"[^"]*"' | head -1 | cut -d'"' -f4)
sold=$(sell)
until_so "a sale is posted" posted_once "$sold"
say "a sale at $register: posted once, by the service's own user, with passwords from its credentials"

# ---- killed --------------------------------------------------------------------------------------
for _ in 1 2 3; do
    sold=$(sell)
    kill -9 "$(cat /run/daybook.pid)"
    later=$(sell)
    until_so "it is ready after a kill" ready
    until_so "what was sold before the kill is posted" posted_once "$sold"
    until_so "what was sold while it was dead is posted" posted_once "$later"
done
whole daybook-admin
say "killed three times with sales on their way: each posted once, the record whole"

# ---- backed up, upgraded -------------------------------------------------------------------------
daybook-admin backup /var/lib/daybook/backup/before.db >/dev/null
daybook-admin restore --verify /var/lib/daybook/backup/before.db | grep -q 'can be put back'
old=$(cat /run/daybook.pid)
echo "# a person's own line" >>/etc/daybook/daybook.toml
dpkg -i "$next" >>/mnt/dpkg.log 2>&1
until_so "it is ready after the upgrade" ready
[ "$(cat /run/daybook.pid)" != "$old" ]
grep -q "a person's own line" /etc/daybook/daybook.toml
sold=$(sell)
until_so "a sale after the upgrade is posted" posted_once "$sold"
say "upgraded to $(dpkg-query -W -f '${Version}' daybook): restarted, settings kept, posting"

# ---- put back ------------------------------------------------------------------------------------
systemctl stop daybook
until_so "it stops" gone
if daybook-admin restore /var/lib/daybook/backup/before.db >restore.log 2>&1; then
    die "a copy was put over a book"
fi
mkdir /mnt/lost && mv /var/lib/daybook/daybook.db* /mnt/lost/
daybook-admin restore /var/lib/daybook/backup/before.db >restore.log
before=$(documents)
systemctl start daybook
until_so "it is ready with the older copy" ready
later=$(sell)
until_so "a sale after the restore is posted" posted_once "$later"
until_so "the last sale is known again" sh -c "daybook-admin entry S1-$sold --json | grep -q '\"number\"'"
posted_once "$sold"
[ "$(documents)" -eq $((before + 1)) ]
say "an older copy put back: what was posted after it was found, nothing was sent twice"

# ---- removed -------------------------------------------------------------------------------------
cp /usr/bin/daybook /mnt/daybook
dpkg -r daybook >>/mnt/dpkg.log 2>&1
gone 2>/dev/null
[ ! -e /usr/bin/daybook ] && [ -e /etc/daybook/daybook.toml ]
dpkg -P daybook >>/mnt/dpkg.log 2>&1
[ ! -e /etc/daybook ]
grep -q "book stays in /var/lib/daybook" /mnt/dpkg.log
printf '[book]\nurl = "sqlite:/var/lib/daybook/daybook.db"\n' >book.toml
kept() { DAYBOOK_CONFIG=/mnt/book.toml /mnt/daybook "$@"; }
whole kept
say "removed and purged: settings and passwords are gone, the book is there and whole"
say "$(orders) orders at the tills, $(documents) documents in OrderWise"
