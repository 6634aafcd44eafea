import { tmpdir } from 'node:os'

/**
 * Script for a new mount namespace: it lets go of what other tests have mounted below the temporary directory, of which it
 * holds a copy. Else their loop devices stay in use until this namespace ends.
 */
export const LET_GO = `awk '$2 ~ "^${tmpdir()}/" { print $2 }' /proc/mounts | tac | while read -r d; do umount -l "$d"; done`
