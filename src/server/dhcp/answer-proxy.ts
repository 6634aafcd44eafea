import { type Answered, type DhcpRequest, type DhcpServer, ignored, reply } from './answered.ts'
import { bootsFromNetwork, chooseBoot } from './boot-choice.ts'
import { machineOf } from './client.ts'
import { decideProxy } from './decide.ts'
import { subnetOf } from './subnet.ts'

/**
 * Answers a message as the server that only says what to boot. Throws `WireError` where an option that counts is
 * malformed, and what the sources throw where they cannot be read.
 */
export const answerProxy = async (
  server: Pick<DhcpServer, 'config' | 'serverAddress' | 'subnets' | 'identify' | 'boot'>,
  request: DhcpRequest,
  port: 67 | 4011,
): Promise<Answered> => {
  // Machines that boot otherwise are most of those that are heard here, and none of the sources' business.
  const early = decideProxy(request, { port, hasBoot: bootsFromNetwork(request) })
  if (early.kind === 'ignore') return ignored(early.reason)
  const machine = machineOf(request)
  const host = await server.identify(machine)
  if (host === 'unknown' && server.config.unknownHosts === 'ignore') return ignored('not known')
  const hasBoot = chooseBoot(request, server.boot(machine, host)) !== undefined
  const decision = decideProxy(request, { port, hasBoot })
  if (decision.kind === 'ignore') return ignored(decision.reason)
  const subnet = subnetOf(request, server.subnets) ?? server.subnets.own
  return reply(server, { request, machine, subnet, host }, decision)
}
