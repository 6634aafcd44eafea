import type { HostName } from '../model/catalog.ts'
import { foldClassName } from '../model/class-name.ts'
import type { HostQuery } from '../model/host-query.ts'

/** The questions that a snapshot holds answers to, as its keys; each class is one of its own, so that any host can use it. */
export const findQuestion = (query: HostQuery): string => JSON.stringify(['find', query])

/** What the source says of a host. */
export const hostQuestion = (host: HostName): string => JSON.stringify(['host', host])

/** What defines a class. */
export const classQuestion = (name: string): string => JSON.stringify(['class', foldClassName(name)])

/** Whether there are definitions. */
export const DEFINITIONS_QUESTION = JSON.stringify(['definitions'])

/** Everything. */
export const WHOLE_QUESTION = JSON.stringify(['whole'])

/** Which serial answered last. */
export const SERIAL_QUESTION = JSON.stringify(['serial'])

/** Everything that a source which is followed has in memory, to go on from. */
export const FOLLOWED_QUESTION = JSON.stringify(['followed'])
