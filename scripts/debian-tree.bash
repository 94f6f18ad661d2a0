# shellcheck shell=bash disable=SC2154 # services_dir and the ports are the caller's
# The third place of `scripts/services`, which sources this: a Debian 13 system in a folder, made by debootstrap, in which
# PostgreSQL, Valkey and PgBouncer run by chroot. Debian 13's packages do not load on Debian 12 itself (glibc).
#
# What always holds:
#   - The tree and the database in it get their final names when complete. What has a .partial name is thrown away.
#   - A process is ours when its root directory is the tree. A number in a pid file alone is never trusted.
#   - The servers need nothing mounted. A killed debootstrap leaves /proc and /sys mounted below the folder, so nothing is
#     deleted before that is off, and then on one file system only.
#   - Long-lived children close descriptor 9, the lock, or they would hold it for as long as they live.

tree="$services_dir/debian-13"
# A tree made of other packages is made anew.
tree_packages='postgresql-17,postgresql-17-pgvector,valkey-server,pgbouncer'
pg_bin=/usr/lib/postgresql/17/bin
PATH="$PATH:/usr/sbin:/sbin" # debootstrap and chroot, after a plain `su`

tree_is_possible() {
  local id=''
  # shellcheck source=/dev/null
  if [[ -r /etc/os-release ]]; then id="$(. /etc/os-release && echo "${ID:-}")"; fi
  if [[ $id != debian ]]; then
    tried+=('Debian 13 tree: this is not Debian')
  elif [[ $(id -u) != 0 ]]; then
    tried+=('Debian 13 tree: needs root')
  elif [[ $services_dir =~ [[:space:]] ]]; then
    tried+=('Debian 13 tree: debootstrap cannot work in a folder with a space in its path')
  else
    return 0
  fi
  return 1
}

# Mounts below a folder, the deepest first.
mounts_below() { awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r; }

unmount_below() {
  local mounted
  while IFS= read -r mounted; do umount "$mounted" || umount --lazy "$mounted" || true; done < <(mounts_below "$1")
  [[ -z $(mounts_below "$1") ]] || die "something is mounted below $1 and does not come off" 'Unmount it and try again.'
}

remove_folder() {
  unmount_below "$1"
  rm -rf --one-file-system "$1"
}

tree_processes() {
  local entry
  for entry in /proc/[0-9]*; do
    if [[ $(readlink "$entry/root" 2>/dev/null) == "$tree" ]]; then echo "${entry#/proc/}"; fi
  done
}

# The pid of our running server, `postgres`, `valkey` or `pgbouncer`; fails when it does not run.
tree_pid() {
  local pid='' file="$tree/srv/$1/$1.pid"
  if [[ $1 == postgres ]]; then file="$tree/srv/postgres/postmaster.pid"; fi
  if [[ -f $file ]]; then read -r pid <"$file" || true; fi
  [[ $pid =~ ^[0-9]+$ && $(readlink "/proc/$pid/root" 2>/dev/null) == "$tree" ]] || return 1
  [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1"* ]] && echo "$pid"
}

# signal_and_wait SIGNAL SECONDS PID…: whether all of them are gone in time.
signal_and_wait() {
  local signal="$1" turns=$(($2 * 20)) pid
  shift 2
  for pid in "$@"; do kill "-$signal" "$pid" 2>/dev/null || true; done
  while ((turns-- > 0)); do
    for pid in "$@"; do
      kill -0 "$pid" 2>/dev/null && sleep 0.05 && continue 2
    done
    return 0
  done
  return 1
}

kill_tree_processes() {
  # shellcheck disable=SC2046 # a list of numbers
  signal_and_wait KILL 5 $(tree_processes) || die "processes in $tree do not end"
}

stop_in_tree() {
  local pid signal=TERM
  if [[ $1 == postgres ]]; then signal=INT; fi # its "fast" stop: disconnects clients, rolls their work back
  if pid="$(tree_pid "$1")"; then signal_and_wait "$signal" 30 "$pid" || signal_and_wait KILL 5 "$pid" || true; fi
}

stop_tree() {
  [[ -d $tree || -d $tree.partial ]] || return 0
  [[ $(id -u) == 0 ]] || die 'the servers of the Debian 13 tree belong to root' 'Run this as root.'
  stop_in_tree pgbouncer
  stop_in_tree valkey
  stop_in_tree postgres
  kill_tree_processes
  unmount_below "$tree"
  remove_folder "$tree.partial"
}

# Addresses of the Debian archive that apt uses here, one a line.
archive_mirrors() {
  # shellcheck disable=SC2016 # apt's own variables
  apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" && !seen[$4]++ { print $4 }' |
    while IFS= read -r uri; do
      case $uri in
        http://* | https://*) echo "$uri" ;;
        mirror+file:*) awk '$1 ~ /^https?:/ { print $1 }' "$(tr -s / <<<"${uri#mirror+file:}" | sed 's:/$::')" || true ;;
      esac
    done
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 -o DPkg::Lock::Timeout=300 "$@" >>"$services_dir/apt.log" 2>&1
}

make_tree() {
  local partial="$tree.partial" log="$services_dir/debootstrap.log" started=$SECONDS mirror proxy=''
  if [[ -f $tree/etc/freehold-packages && $(<"$tree/etc/freehold-packages") == "$tree_packages" ]]; then return; fi
  kill_tree_processes
  remove_folder "$tree"
  say 'Making a Debian 13 tree under .services/: about a minute, this once …'
  if ! command -v debootstrap >/dev/null || [[ -z $(archive_mirrors) ]]; then
    if ! { apt_get update && apt_get install -y --no-install-recommends debootstrap debian-archive-keyring; }; then
      tail -n 5 "$services_dir/apt.log" >&2
      tried+=('Debian 13 tree: apt-get could not install debootstrap; the end of .services/apt.log is above')
      give_up
    fi
  fi
  # debootstrap fetches with wget, which does not know apt's proxy.
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  if [[ -n $proxy && $proxy != DIRECT ]]; then export http_proxy="${http_proxy:-$proxy}"; fi
  # The empty line at the end is debootstrap's own default.
  while IFS= read -r mirror; do
    remove_folder "$partial"
    if debootstrap --variant=minbase --include="$tree_packages" trixie "$partial" ${mirror:+"$mirror"} </dev/null >"$log" 2>&1 9>&-; then
      unmount_below "$partial"
      rm -f "$partial"/var/cache/apt/archives/*.deb
      echo "$tree_packages" >"$partial/etc/freehold-packages"
      mv "$partial" "$tree"
      say "Made in $((SECONDS - started)) s."
      return
    fi
    tail -n 3 "$log" >&2
  done < <(archive_mirrors || true; echo)
  tried+=('Debian 13 tree: debootstrap failed (see above and .services/debootstrap.log); it needs a mirror that carries trixie')
  give_up
}

# in_tree USER COMMAND…: without our environment, which may hold secrets and PG… settings.
in_tree() {
  local user="$1"
  shift
  chroot --userspec="$user:$user" "$tree" /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 PGPASSWORD=freehold "$@"
}

psql_in_tree() { in_tree postgres "$pg_bin/psql" -qAtX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$postgres_port" -U freehold -d freehold; }

refuse_taken_port() {
  ! port_is_open 127.0.0.1 "$1" || die "port $1 is taken by another program" \
    "Stop that program, or choose another port: $2=… scripts/services up"
}

# One command list for `if !`: inside a condition the shell would not stop at a failure by itself.
make_database() {
  echo freehold >"$tree/srv/password" &&
    rm -rf "$tree/srv/postgres.partial" &&
    in_tree root install -d -m 700 -o postgres -g postgres /srv/postgres.partial &&
    in_tree postgres "$pg_bin/initdb" -D /srv/postgres.partial -U freehold --pwfile=/srv/password --no-sync \
      --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --set timezone=UTC --set log_timezone=UTC \
      --set listen_addresses=127.0.0.1 --set unix_socket_directories= --set max_connections=300 \
      --set fsync=off --set synchronous_commit=off --set full_page_writes=off &&
    echo 'create database freehold' | in_tree postgres "$pg_bin/postgres" --single -D /srv/postgres.partial postgres &&
    mv "$tree/srv/postgres.partial" "$tree/srv/postgres"
}

start_postgres_in_tree() {
  local pid_file="$tree/srv/postgres/postmaster.pid" log="$services_dir/postgres.log" pid
  if tree_pid postgres >/dev/null; then
    if [[ $(sed -n 4p "$pid_file") == "$postgres_port" ]] && speaks_postgres 127.0.0.1 "$postgres_port"; then return; fi
    stop_in_tree postgres
  fi
  # Children of a killed postmaster keep its shared memory, and its pid may by now be somebody else's.
  for pid in $(tree_processes); do
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == postgres ]]; then signal_and_wait KILL 5 "$pid" || true; fi
  done
  rm -f "$pid_file"
  refuse_taken_port "$postgres_port" SERVICES_POSTGRES_PORT
  if [[ ! -d $tree/srv/postgres ]] && ! make_database >>"$log" 2>&1 ||
    ! in_tree postgres "$pg_bin/pg_ctl" -D /srv/postgres -w -t 60 -o "-p $postgres_port" start </dev/null >>"$log" 2>&1 9>&-; then
    tail -n 8 "$log" >&2
    die 'PostgreSQL does not start; the end of .services/postgres.log is above' \
      'To begin again from nothing: scripts/services down && rm -rf .services'
  fi
}

start_valkey_in_tree() {
  local turns=200
  if tree_pid valkey >/dev/null; then
    if speaks_valkey 127.0.0.1 "$valkey_port"; then return; fi
    stop_in_tree valkey
  fi
  refuse_taken_port "$valkey_port" SERVICES_VALKEY_PORT
  in_tree root install -d -m 750 -o valkey -g valkey /srv/valkey
  rm -f "$tree/srv/valkey/valkey.pid"
  ln -sfn "debian-13/srv/valkey/valkey.log" "$services_dir/valkey.log"
  in_tree valkey /usr/bin/valkey-server --daemonize yes --bind 127.0.0.1 --port "$valkey_port" --dir /srv/valkey \
    --pidfile /srv/valkey/valkey.pid --logfile /srv/valkey/valkey.log --save '' --appendonly no </dev/null >/dev/null 2>&1 9>&- || true
  while ((turns-- > 0)); do
    if tree_pid valkey >/dev/null && speaks_valkey 127.0.0.1 "$valkey_port"; then return; fi
    sleep 0.05
  done
  tail -n 8 "$services_dir/valkey.log" >&2
  die 'Valkey does not start; the end of .services/valkey.log is above' \
    'To begin again from nothing: scripts/services down && rm -rf .services'
}

# A tree that was made before PgBouncer belonged to it is left as it is while its servers run.
pgbouncer_is_in_tree() { [[ -x $tree/usr/sbin/pgbouncer ]]; }

# In transaction mode, with four connections to a database. Clients log in as freehold_app; behind it stands the superuser,
# who steps down to that role at once, because the role itself has no login in a database of tests.
write_pgbouncer_settings() {
  in_tree root install -d -m 750 -o postgres -g postgres /srv/pgbouncer &&
    echo '"freehold_app" "freehold"' >"$tree/srv/pgbouncer/users.txt" &&
    cat >"$tree/srv/pgbouncer/pgbouncer.ini" <<INI
[databases]
* = host=127.0.0.1 port=$postgres_port user=freehold password=freehold connect_query='set role freehold_app'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pgbouncer_port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = /srv/pgbouncer/users.txt
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
server_idle_timeout = 10
pidfile = /srv/pgbouncer/pgbouncer.pid
logfile = /srv/pgbouncer/pgbouncer.log
INI
}

start_pgbouncer_in_tree() {
  local turns=200
  if tree_pid pgbouncer >/dev/null; then
    if speaks_postgres 127.0.0.1 "$pgbouncer_port" && grep -q "port=$postgres_port " "$tree/srv/pgbouncer/pgbouncer.ini"; then
      return
    fi
    stop_in_tree pgbouncer
  fi
  refuse_taken_port "$pgbouncer_port" SERVICES_PGBOUNCER_PORT
  write_pgbouncer_settings
  rm -f "$tree/srv/pgbouncer/pgbouncer.pid"
  ln -sfn "debian-13/srv/pgbouncer/pgbouncer.log" "$services_dir/pgbouncer.log"
  in_tree postgres /usr/sbin/pgbouncer -d /srv/pgbouncer/pgbouncer.ini </dev/null >/dev/null 2>&1 9>&- || true
  while ((turns-- > 0)); do
    if tree_pid pgbouncer >/dev/null && speaks_postgres 127.0.0.1 "$pgbouncer_port"; then return; fi
    sleep 0.05
  done
  tail -n 8 "$services_dir/pgbouncer.log" >&2
  die 'PgBouncer does not start; the end of .services/pgbouncer.log is above' \
    'To begin again from nothing: scripts/services down && rm -rf .services'
}
