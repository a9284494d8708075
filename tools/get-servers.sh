#!/bin/sh
# Fetches other releases of redis-server and valkey-server than the machine's own, for HOLDFAST_SERVERS.
set -eu

usage() {
  cat <<'TEXT'
usage: sh tools/get-servers.sh DIR

Leaves DIR/bin/<engine>-<version>-{server,cli,benchmark} for the releases that Debian has in bookworm-backports,
trixie, sid and experimental, and prints their names. Each is unpacked into a folder of its own and started with
libraries of its own: nothing on the machine changes, and no root is needed. What is not to be had is skipped with
a line that says why.

Needs apt and the Debian mirror that /etc/apt already names. What DIR has is kept; for newer releases, remove it.
Use:   HOLDFAST_SERVERS=DIR npm test
TEXT
}

skip() {
  echo "skipped: $1"
}

give_up() {
  echo "no servers: $1" >&2
  exit 3
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  "" | -*) usage >&2; exit 2 ;;
esac
[ $# = 1 ] || { usage >&2; exit 2; }
for tool in apt-get apt-cache dpkg; do
  command -v "$tool" > /dev/null || give_up "this machine has no $tool"
done
mkdir -p "$1"
cd "$1"
home=$PWD

SUITES="bookworm-backports trixie sid experimental"
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# What the servers of any suite may be linked with; a suite that lacks one does not need it.
LIBRARIES="libc6 libatomic1 libjemalloc2 liblzf1 libssl3t64 libstdc++6 libsystemd0 libgcc-s1 libcap2 libzstd1 \
liblzma5 liblz4-1 libgcrypt20 libgpg-error0 zlib1g"

# The first mirror in /etc/apt, in either of the two formats.
mirror() {
  sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2> /dev/null | grep -v security | head -n 1
  sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2> /dev/null | grep -v security | head -n 1
}

# A configuration that reads and writes nothing of the machine's own.
configure_apt() {
  mkdir -p apt/lists/partial apt/cache/archives/partial apt/sources
  cat > apt/sources/suites.sources <<TEXT
Types: deb
URIs: $1
Suites: $SUITES
Components: main
Signed-By: $KEYRING
TEXT
  cat > apt/apt.conf <<TEXT
Dir::State::lists "$home/apt/lists";
Dir::Cache "$home/apt/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$home/apt/sources";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
APT::Sandbox::User "root";
TEXT
  export APT_CONFIG="$home/apt/apt.conf"
}

# libraries SUITE: unpacks them into root-SUITE, once.
libraries() {
  [ -d "root-$1" ] && return
  rm -rf "apt/libraries-$1" "root-$1.part"
  mkdir -p "apt/libraries-$1" "root-$1.part"
  (
    cd "apt/libraries-$1"
    # In one call: each reads the lists of all suites.
    # shellcheck disable=SC2086
    apt-get download -qq $(apt-cache madison $LIBRARIES | awk -F'|' -v s="$1/main" \
      '{ gsub(/ /, "", $1); gsub(/ /, "", $2) } $3 ~ s && $3 ~ / Packages/ && !seen[$1]++ { print $1 "=" $2 }') > /dev/null 2>&1
    for file in *.deb; do dpkg -x "$file" "$home/root-$1.part"; done
  )
  mv "root-$1.part" "root-$1"
}

# wrapper NAME PROGRAM SUITE: prints a script that becomes the program, so that its process id is the server's.
wrapper() {
  echo "#!/bin/sh"
  if [ "$3" = bookworm-backports ]; then
    echo "exec \"$2\" \"\$@\""
    return
  fi
  loader=$(find "$home/root-$3/usr" -name 'ld-linux*.so.*' | head -n 1)
  path=$(dirname "$(find "$home/root-$3/usr" -name libc.so.6 | head -n 1)")
  echo "exec \"$loader\" --library-path \"$path\" --argv0 \"$2\" \"$2\" \"\$@\""
}

# server ENGINE SUITE
server() {
  version=$(apt-cache madison "$1-tools" | awk -F'|' -v s="$2/main" '$3 ~ s { gsub(/ /, "", $2); print $2; exit }')
  [ -n "$version" ] || { skip "no $1-tools in $2"; return; }
  name=$1-$(echo "$version" | sed 's/^[0-9]*://; s/[-+~].*//')
  [ -x "bin/$name-server" ] && { echo "$name"; return; }
  rm -rf "apt/$name" "$name"
  mkdir -p "apt/$name" "$name" bin
  (cd "apt/$name" && apt-get download -qq "$1-tools=$version" && dpkg -x ./*.deb "$home/$name") > /dev/null 2>&1 ||
    { skip "$name could not be fetched"; return; }
  # Debian ships the server under this name only, in the package of the tools; it is what it is called.
  ln -sf "$1-check-rdb" "$name/usr/bin/$1-server"
  suite=$2
  [ "$suite" = experimental ] && suite=sid # What it is built against.
  [ "$suite" = bookworm-backports ] || libraries "$suite"
  for tool in cli benchmark server; do
    wrapper "$name" "$home/$name/usr/bin/$1-$tool" "$suite" > "bin/$name-$tool.part"
    chmod +x "bin/$name-$tool.part"
    mv "bin/$name-$tool.part" "bin/$name-$tool"
  done
  if "bin/$name-server" --version > /dev/null 2>&1; then echo "$name"; return; fi
  rm -f "bin/$name-server" "bin/$name-cli" "bin/$name-benchmark"
  skip "$name does not start here"
}

uri=$(mirror | head -n 1)
[ -n "$uri" ] || give_up "/etc/apt names no mirror"
[ -r "$KEYRING" ] || give_up "$KEYRING is missing, with which Debian's packages are checked"
configure_apt "$uri"
# It fails as a whole when the mirror lacks one suite: each is looked for below.
apt-get update -qq > apt/update.log 2>&1 || true
for suite in $SUITES; do
  for engine in redis valkey; do server $engine "$suite"; done
done
rm -rf apt
[ -n "$(ls bin/*-server 2> /dev/null)" ] || give_up "the mirror has none that starts here"
