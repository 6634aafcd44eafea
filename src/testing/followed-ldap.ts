import type { Test } from 'tap'
import { type FollowLdapOptions, followLdap } from '../source/ldap/follow-ldap.ts'
import type { LiveSource } from '../source/live-source.ts'
import { type FollowedSource, followSource } from './followed-source.ts'
import { type Slapd, type SlapdOptions, startSlapd } from './slapd.ts'

/** A directory that is followed for the time of a test. */
export type FollowedLdap = FollowedSource & { readonly live: LiveSource; readonly isCurrent: () => boolean }

/** A slapd for the time of a test that can tell of its changes. */
export const followableSlapd = async (t: Pick<Test, 'teardown'>, options: SlapdOptions): Promise<Slapd> => {
  const slapd = await startSlapd({ syncprov: ['syncprov-sessionlog 100'], ...options })
  t.teardown(slapd.stop)
  return slapd
}

/** Follows a directory, with pauses that no test has to wait for. */
export const followDirectory = (
  t: Pick<Test, 'teardown'>,
  { times, ...options }: Partial<FollowLdapOptions> & { readonly url: string },
): FollowedLdap => {
  const live = followLdap({
    base: 'dc=example,dc=test',
    pollSeconds: 1,
    now: () => Date.now(),
    times: { pauseMs: 50, ...times },
    ...options,
  })
  const followed = followSource(live)
  t.teardown(followed.stop)
  return { ...followed, live, isCurrent: () => live.standing().phase === 'current' }
}
