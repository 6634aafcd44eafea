import { createInterface } from 'node:readline'
import { openInterfaceSocket } from '../server/socket.ts'

// dhcp-client-program.ts INTERFACE PORT: sends what stdin says and prints what comes in, a datagram a line:
//
//     192.0.2.1 67 01010600…

const [, , networkInterface = '', port = ''] = process.argv
const socket = await openInterfaceSocket(networkInterface, Number(port))
socket.on('message', (octets, from) => {
  process.stdout.write(`${from.address} ${from.port} ${octets.toString('hex')}\n`)
})
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const [address = '', to = '', hex = ''] = line.split(' ')
  socket.send(Buffer.from(hex, 'hex'), Number(to), address)
}
socket.close()
