import type { LocalAction, Plan } from '../plan/step.ts'
import { type ApplyContext, resolveText } from './context.ts'

/** FAI's variables (fai-semantics.md, section 4.1) as a plan has them; those that FAI sets itself win. */
export const planEnvironment = (
  plan: Plan<LocalAction>,
  context: Pick<ApplyContext, 'target' | 'logDirectory' | 'devices'>,
): Record<string, string> => {
  const { target, logDirectory } = context
  const disks = Object.entries(plan.diskVariables).map(([name, text]) => [name, resolveText(text, context)])
  const domain = plan.fqdn?.slice(plan.fqdn.indexOf('.') + 1)
  return {
    // A variable of a class may say otherwise, as in FAI.
    ...(domain === undefined ? {} : { DOMAIN: domain }),
    ...plan.variables,
    ...Object.fromEntries(disks),
    ...targetVariables(target),
    classes: plan.classes.join(' '),
    HOSTNAME: plan.host,
    LOGDIR: logDirectory,
    FAI: plan.configSpace,
    FAI_ACTION: plan.faiAction,
  }
}

/** The names by which scripts know the target; nothing stands before a program of the running system. Pure. */
export const targetVariables = (target: string): Record<string, string> => ({
  target,
  FAI_ROOT: target,
  AINSL_TARGET: target,
  ROOTCMD: target === '/' ? '' : `chroot ${target}`,
})
