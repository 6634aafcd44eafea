import { once } from 'node:events'
import { createServer } from 'node:net'
import { RefusedError } from '../apply-error.ts'

/** An abstract socket: the kernel takes it away with the process, however that ends. */
const NAME = '\0fai-classes/disks'

/** Sees that only one run changes the disks of this machine at a time; gives what ends that. */
export const lockStorage = async (): Promise<() => Promise<void>> => {
  const server = createServer()
  server.listen(NAME)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new RefusedError('another run is changing the disks of this machine', { cause })
  }
  return () => new Promise(resolve => server.close(() => resolve()))
}
