#!/bin/sh
# Builds the C floors and loads into $BENCH_BUILD, by default .build/benchmarks, and prints that folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
out=${BENCH_BUILD:-$root/.build/benchmarks}
llhttp=$root/Sources/CLlhttp
mkdir -p "$out"
cc=${CC:-gcc}
flags="-O3 -march=native -std=gnu11 -D_GNU_SOURCE -I$here/floors -I$llhttp/include"

# The floors run on the parser that the runtime has.
for part in llhttp api http; do
    [ "$out/$part.o" -nt "$llhttp/$part.c" ] || $cc $flags -w -c "$llhttp/$part.c" -o "$out/$part.o"
done
parser="$out/llhttp.o $out/api.o $out/http.o"

build() {
    name=$1
    shift
    if [ -f "$out/$name" ] && [ -z "$(find "$here/floors" -newer "$out/$name" -name '*.[ch]')" ]; then return; fi
    $cc $flags -Wall -Wextra -Wno-unused-function "$here/floors/$name.c" "$@" -o "$out/$name"
}
build floor $parser -luv
build jload $parser -luv
build sink $parser -luv
build floor_jobs $parser -luv -lrocksdb -lpthread
build uv_timers -luv
build wheel_bench
build fsync_floor
echo "$out"
