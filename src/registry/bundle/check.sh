#!/bin/sh
# Checks this bundle with openssl (3.0 or later) and sha256sum: sh check.sh
# Every step stands in README.md. Ends with 0 where all holds, else says what does not and ends with 1.
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

fails() {
    echo "DOES NOT HOLD: $*"
    exit 1
}
digest() {
    sha256sum <"$1" | cut -d' ' -f1
}
field() {
    sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p' "$2"
}

# 1. Every file is the one that was packed, and there are no others.
sha256sum --quiet -c SHA256SUMS || fails "a file is not the one that was packed"
find . -type f ! -path ./SHA256SUMS | sed 's|^\./||' | sort >"$work/there"
cut -c67- SHA256SUMS | sort >"$work/listed"
cmp -s "$work/there" "$work/listed" || fails "there are files that SHA256SUMS does not list"

# 2. Every key has the id that its name says, and stands in a policy.
for key in keys/*.pem; do
    openssl pkey -pubin -in "$key" -outform DER -out "$work/der" 2>/dev/null || fails "$key is no public key"
    [ "keys/$(digest "$work/der").pem" = "$key" ] || fails "$key is another key than its name says"
    grep -qF "$(sed -n 2p "$key")" policies/*.toml || fails "$key stands in no policy"
done

# 3. Every event follows on the one before, and is signed by its key.
number=0
previous=null
registry=null
for envelope in log/*.json; do
    number=$((number + 1))
    [ "$envelope" = "log/$(printf %08d $number).json" ] || fails "event $number is missing"
    field payload "$envelope" | openssl base64 -d -A >"$work/statement.json"
    field sig "$envelope" | openssl base64 -d -A >"$work/signature.sig"
    {
        printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c <"$work/statement.json")"
        cat "$work/statement.json"
    } >"$work/signed.pae"
    openssl pkeyutl -verify -pubin -inkey "keys/$(field keyid "$envelope").pem" -rawin -in "$work/signed.pae" \
        -sigfile "$work/signature.sig" >"$work/out" 2>&1 || fails "the signature of event $number"
    grep -qF '"predicate":{"registry":'"$registry"',"number":'"$number"',"previous_sha256":'"$previous"',"at":' \
        "$work/statement.json" || fails "event $number does not follow on the one before"
    previous="\"$(digest "$envelope")\""
    [ "$number" = 1 ] && registry=$previous
    events="events/$(printf %08d $number)"
    if [ -d "$events" ]; then
        for name in statement.json signed.pae signature.sig; do
            cmp -s "$work/$name" "$events/$name" || fails "$events/$name is not what the log has"
        done
    fi
done

# 4. Every file of an event is the one that its statement names.
tab=$(printf '\t')
while IFS="$tab" read -r event path; do
    field payload "log/$event.json" | openssl base64 -d -A >"$work/statement.json"
    grep -qF '"sha256":"'"$(digest "$path")"'","bytes":'"$(($(wc -c <"$path")))"'}' "$work/statement.json" ||
        fails "$path is not the file that event $event names"
done <files.txt

# 5. Every event about the version is about this scorecard.
scorecard=$(digest scorecard.json)
for statement in events/*/statement.json; do
    grep -qF "$(cat version.txt)" "$statement" || fails "$statement is about another version"
    grep -qF '"subject":[{"name":"scorecard.json","digest":{"sha256":"'"$scorecard"'"}}' "$statement" ||
        fails "$statement is about another scorecard"
    who=$(sed -n 's/.*"signer":{"name":"\(.*\)","role":"\([^"]*\)"},"tool_version".*/\1 (\2)/p' "$statement")
    what=$(sed -n 's/.*"action":{"kind":"\([a-z]*\)".*/\1/p' "$statement")
    when=$(sed -n 's/.*"at":"\([^"]*\)","signer":.*/\1/p' "$statement")
    echo "$(basename "$(dirname "$statement")")  $when  $what  $who"
done

echo "all holds: $number events, $(wc -l <SHA256SUMS | tr -d ' ') files"
echo "registry $(echo "$registry" | tr -d '"')"
echo "head     $(echo "$previous" | tr -d '"') (event $number)"
