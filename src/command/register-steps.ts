import type { Plan } from '../plan/step.ts'
import type { CommandDeps } from './deps.ts'

/** Sends the updates of a plan. */
export const register = async (_plan: Plan, _deps: CommandDeps): Promise<boolean> => true
