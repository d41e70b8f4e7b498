#!/usr/bin/env bash
# Tries two versions of the package: installed, started by systemd in the sandbox of its unit, a sale
# posted, killed, backed up, upgraded, put back, removed, purged; the book outlives all of it.
#
# It runs in a machine of its own: this one's files under a layer that is thrown away, a systemd that
# is its process 1, no network but a loopback.
#
#   packaging/try.sh ONE.deb NEXT.deb
set -euo pipefail

# 1: namespaces for the mounts that follow.
if [ "${1:-}" != --inside ] && [ "${1:-}" != --outside ] && [ "${1:-}" != --boot ]; then
    one=$(realpath "$1") next=$(realpath "$2") self=$(realpath "$0")
    if ! unshare --mount --net --pid --uts --ipc --fork true 2>/dev/null; then
        echo "SKIPPED: this machine does not let us make namespaces"
        exit 0
    fi
    exec unshare --mount bash "$self" --outside "$one" "$next"
fi

# 2: files, a group of processes for systemd to divide, and the trial inside.
if [ "$1" = --outside ]; then
    layer=$(mktemp -d)
    mount -t tmpfs tmpfs "$layer"
    mkdir "$layer/files" "$layer/work" "$layer/root" "$layer/groups"
    if ! mount -t overlay overlay "$layer/root" \
        -o "lowerdir=/,upperdir=$layer/files,workdir=$layer/work"; then
        echo "SKIPPED: this machine does not let us lay files over its own"
        exit 0
    fi
    group=$layer/groups/daybook-trial-$$
    if ! mount -t cgroup2 cgroup2 "$layer/groups" || ! mkdir "$group"; then
        echo "SKIPPED: this machine does not let us make a group of processes (cgroup2)"
        exit 0
    fi
    cp "$0" "$2" "$3" "$layer/root/mnt/"
    unshare --net --pid --uts --ipc --mount --fork --kill-child \
        bash "$0" --boot "$layer/root" "$group" >"$layer/boot.log" 2>&1 &
    outer=$!
    ended() {
        kill -9 "$outer" 2>/dev/null || true
        wait "$outer" 2>/dev/null || true
        # Groups can be removed from the leaves up, once the last process has left them.
        for _ in $(seq 50); do
            find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
            sleep 0.1
        done
    }
    trap ended EXIT
    for _ in $(seq 150); do
        pid=$(pgrep -P "$outer" | head -1) || true
        enter=(nsenter --target "${pid:-0}" --mount --net --pid --uts --ipc --cgroup)
        state=$("${enter[@]}" systemctl is-system-running 2>/dev/null) || true
        case $state in running | degraded) break ;; esac
        sleep 0.2
    done
    case ${state:-} in
        running | degraded) ;;
        *) echo "FAILED: no systemd came up" >&2; tail -n 20 "$layer/boot.log" >&2; exit 1 ;;
    esac
    code=0
    "${enter[@]}" bash "/mnt/$(basename "$0")" --inside \
        "/mnt/$(basename "$2")" "/mnt/$(basename "$3")" || code=$?
    exit "$code"
fi

# 3: process 1 of the machine.
if [ "$1" = --boot ]; then
    root=$2
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount -t tmpfs tmpfs "$root/run"
    mount --rbind /dev "$root/dev"
    ip link set lo up
    echo 00000000000000000000000000da7b00 >"$root/etc/machine-id"
    echo 0 >"$3/cgroup.procs"
    # Its own root, and no chroot: in one of those no process may have users of its own (PrivateUsers).
    # Credentials reach a service through mounts that are shared.
    # Nothing of the machine below is started: basic.target needs the journal, and what we install.
    cd "$root"
    mkdir below
    exec unshare --cgroup bash -c 'mount -t cgroup2 cgroup2 sys/fs/cgroup &&
        pivot_root . below && umount --lazy /below && mount --make-rshared / &&
        exec env -i container=trial \
            PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=basic.target \
            --log-target=console'
fi

one=$2 next=$3
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
cd /mnt
say() { echo "   $*"; }
die() {
    echo "FAILED: $*" >&2
    tail -n 20 /mnt/*.log >&2 || true
    journalctl --no-pager -n 30 -u daybook >&2 || true
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
pid() { systemctl show -p MainPID --value daybook; }
# What the kernel says of the running service.
of_process() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pid)/status"; }
whole() { "$1" evidence verify | grep -q 'nothing was changed'; }

# ---- installed -----------------------------------------------------------------------------------
dpkg -i "$one" >/mnt/dpkg.log 2>&1
[ "$(stat -c '%U:%G %a' /etc/daybook/daybook.toml)" = "root:daybook 640" ]
[ "$(stat -c '%U:%G %a' /var/lib/daybook)" = "daybook:daybook 750" ]
man -l /usr/share/man/man1/daybook.1.gz >/dev/null 2>&1 || say "no man here to read the pages with"
for name in daybook daybook-admin; do bash -n "/usr/share/bash-completion/completions/$name"; done
# What a document or a command's help names is on this machine.
while IFS=: read -r file link; do
    [ -e "$(dirname "$file")/$link" ] || die "$file names $link"
done < <(grep -roP --include='*.md' '(?<!!)\]\(\K(?!https?:)[^)#]+' /usr/share/doc/daybook)
systemd-analyze verify --man=no /lib/systemd/system/daybook.service
exposed=$(systemd-analyze security --offline=true --threshold=20 /lib/systemd/system/daybook.service | tail -1)
exposed=${exposed#*: }
say "systemd-analyze: the unit is sound, its exposure ${exposed%% *} of 10"
if systemctl is-active --quiet daybook; then die "it runs before it has its settings"; fi
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
systemctl enable --quiet --now daybook
until_so "it is ready" ready
[ "$(stat -c %U "/proc/$(pid)")" = daybook ]
[ "$(of_process NoNewPrivs)" = 1 ] && [ "$(of_process Seccomp)" = 2 ]
[ "$(of_process CapEff)" = 0000000000000000 ] && [ "$(of_process CapBnd)" = 0000000000000000 ]
register=$(curl -fsS "$control/sitoo/orders" | grep -o '"register[a-z_]*":"[^"]*"' | head -1 | cut -d'"' -f4)
until_so "the day is posted" some_documents
sku=$(curl -fsS "$control/orderwise/documents?limit=5" | grep -o '"sku":"[^"]*"' | head -1 | cut -d'"' -f4)
sold=$(sell)
until_so "a sale is posted" posted_once "$sold"
say "a sale at $register: posted once, by the service's own user, with passwords from its credentials"

# ---- killed --------------------------------------------------------------------------------------
for _ in 1 2 3; do
    sold=$(sell)
    systemctl kill --signal=KILL daybook
    later=$(sell)
    until_so "it is ready after a kill" ready
    until_so "what was sold before the kill is posted" posted_once "$sold"
    until_so "what was sold while it was dead is posted" posted_once "$later"
done
whole daybook-admin
[ "$(systemctl show -p NRestarts --value daybook)" = 3 ]
say "killed three times with sales on their way: each posted once, the record whole"

# ---- backed up, upgraded -------------------------------------------------------------------------
daybook-admin backup /var/lib/daybook/backup/before.db >/dev/null
daybook-admin restore --verify /var/lib/daybook/backup/before.db | grep -q 'can be put back'
# A copy is looked at where it is named, not the book at work.
DAYBOOK_BOOK__URL=sqlite:/var/lib/daybook/backup/before.db daybook-admin evidence verify 2>&1 |
    grep -q 'the book is sqlite:.*before.db'
old=$(pid)
echo "# a person's own line" >>/etc/daybook/daybook.toml
dpkg -i "$next" >>/mnt/dpkg.log 2>&1
until_so "it is ready after the upgrade" ready
[ "$(pid)" != "$old" ]
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
grep -q "book stays: in /var/lib/daybook" /mnt/dpkg.log
printf '[book]\nurl = "sqlite:/var/lib/daybook/daybook.db"\n' >book.toml
kept() { DAYBOOK_CONFIG=/mnt/book.toml /mnt/daybook "$@"; }
whole kept
say "removed and purged: settings and passwords are gone, the book is there and whole"
say "$(orders) orders at the tills, $(documents) documents in OrderWise"
