/** The names by which scripts know the target; nothing stands before a program of the running system. Pure. */
export const targetVariables = (target: string): Record<string, string> => ({
  target,
  FAI_ROOT: target,
  AINSL_TARGET: target,
  ROOTCMD: target === '/' ? '' : `chroot ${target}`,
})
