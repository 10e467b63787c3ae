#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, wrong usage, broken set-up: exit status and one clear line
. "$(dirname "$0")/tap.sh"

exits 'no command is wrong usage' 2 rapsheet
exits 'help' 0 rapsheet --help
has 'help lists the commands' out '^  import  '
exits 'help of a command' 0 rapsheet help import
has 'it says how it is used' out '^usage: rapsheet import'
exits 'the same by --help' 0 rapsheet import --help
exits 'version' 0 rapsheet --version
has 'version is told' out '^rapsheet [0-9]'
exits 'unknown command' 2 rapsheet improt
has 'it is named' err '"improt"'
exits 'unknown option' 2 rapsheet report --colour
exits 'no record' 2 rapsheet report
has 'says where there is none' err "$work/record: there is no record"
exits 'a configuration that is not there' 2 \
	rapsheet --config nowhere.conf report
has 'it is named' err 'nowhere.conf: no such file'

printf 'servers = { "elsewhere" }\n' >bad.conf
exits 'check-config finds what is wrong' 1 \
	rapsheet --config bad.conf check-config
has 'and says where' out '^bad.conf:1: servers: expected an address'
exits 'a bad configuration stops other commands' 2 \
	rapsheet --config bad.conf report
printf 'client "a" { domains = { "a.example" } }\n' >good.conf
exits 'check-config finds nothing' 0 rapsheet --config good.conf check-config
exits 'simulate without a world' 2 rapsheet simulate --events 1000
exits 'simulate with a wrong one' 2 rapsheet simulate --world x --events 1000
exits 'a number that is none' 2 rapsheet simulate --world null --events many
has 'says what was expected' err 'expected a number from'
exits 'host without an address' 2 rapsheet host
exits 'import without a file' 2 rapsheet import
exits 'an unknown format' 2 rapsheet import --format xyz /dev/null
has 'is named' err '"xyz"'
done_testing
