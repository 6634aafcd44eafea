import type { Action, Because, Step, Word } from '../step.ts'
import type { Task } from '../task.ts'

/** Makes a step that destroys nothing, as most steps of the system half are. */
export const systemStep = <A extends Action>(
  task: Task,
  id: string,
  title: string,
  action: A,
  because: readonly Because[] = [],
): Step<A> => ({ id, task, title, because, destroys: false, action })

/** What programs of packages see beside the usual: nobody to ask. */
export const PACKAGE_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
  APT_LISTCHANGES_FRONTEND: 'none',
}

/** A program below the target's root; packages ask nobody. */
export const inTarget = (argv: readonly Word[], timeoutSeconds = 3600): Action => ({
  kind: 'run',
  argv,
  inTarget: true,
  env: PACKAGE_ENVIRONMENT,
  timeoutSeconds,
})

/** How packages are handled without anybody to ask: a changed configuration file is that of the package. */
export const APT_GET = [
  'apt-get',
  '-y',
  '-q',
  '-o',
  'Dpkg::Use-Pty=0',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confnew',
  '--allow-change-held-packages',
]
