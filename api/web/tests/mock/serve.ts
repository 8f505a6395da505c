import { startMock } from './server.ts'

const mock = await startMock(Number(process.env.PORT ?? 8090))
process.stderr.write(`mock server with the fixture city: ${mock.url}\n`)
