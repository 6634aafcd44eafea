import { compareDns, type Dn, isBelow, type Rdn } from './dn.ts'
import { foldValue } from './dn-value.ts'
import { type Entry, textsOf } from './entry.ts'

/** Which profile is looked for, and for whom. */
export type ProfileWanted = {
  readonly name: string
  /** Undefined where the list of the host names none. */
  readonly release: string | undefined
  readonly hostDn: Dn
  /** Releases above the wanted one count too, and the nearest `ou=fai` comes first. */
  readonly inherits: boolean
}

/**
 * The profile of a name in a release, undefined where it is none or hidden. Pure.
 *
 *     place of the profile                      counts
 *     below `ou=<release>` of an `ou=fai`       in that release
 *     in the release above (`a` for `a/b`)      where releases inherit
 *     below no release                          in all of them
 *     FAIstate says removed                     hides the name, where releases inherit
 */
export const findProfile = (profiles: readonly Entry[], wanted: ProfileWanted): Entry | undefined => {
  const { name, release, hostDn, inherits } = wanted
  const found = profiles
    .filter(entry => textsOf(entry, 'cn').includes(name))
    .map(entry => ({ entry, ...placeOf(entry.dn) }))
    .filter(({ path }) => release === undefined || isIn(path, foldValue(release), inherits))
  const nearness = ({ department }: Place): number =>
    inherits && department !== undefined && isBelow(hostDn, department) ? department.rdns.length : -1
  const [best] = found.sort(
    (a, b) =>
      nearness(b) - nearness(a) || b.path.length - a.path.length || compareDns(a.entry.dn, b.entry.dn),
  )
  if (best === undefined) return undefined
  const isRemoved = inherits && textsOf(best.entry, 'FAIstate').some(text => /removed/i.test(text))
  return isRemoved ? undefined : best.entry
}

type Place = {
  /** `a/b` for `ou=b,ou=a,ou=fai`; empty below no release. */
  readonly path: string
  /** Whose `ou=fai` it is. */
  readonly department: Dn | undefined
}

const isIn = (path: string, release: string, inherits: boolean): boolean =>
  path === '' || path === release || (inherits && release.startsWith(`${path}/`))

const placeOf = ({ rdns }: Dn): Place => {
  const fai = rdns.findIndex(({ normal }) => normal === 'ou=fai')
  if (fai < 0) return { path: '', department: undefined }
  const between = rdns.slice(1, fai).filter(({ normal }) => normal !== 'ou=profiles')
  const path = between.map(folded).reverse().join('/')
  let above = fai + 1
  while (CONTAINERS.has(rdns[above]?.normal ?? '')) above += 1
  const rest = rdns.slice(above)
  const department = {
    rdns: rest,
    text: rest.map(({ text }) => text).join(','),
    normal: rest.map(({ normal }) => normal).join(','),
  }
  return { path, department }
}

/** What stands between a department and its `ou=fai`. */
const CONTAINERS: ReadonlySet<string> = new Set(['ou=configs', 'ou=systems'])

const folded = ({ parts }: Rdn): string => foldValue(parts[0]?.value ?? '')
