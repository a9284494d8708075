import { X509Certificate } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { connect } from "node:tls"
import { once } from "node:events"
import { expect, test } from "vitest"
import { canMakeCertificates, makeAuthority } from "./certificates.ts"
import { startRedis } from "./redis-process.ts"

test.runIf(canMakeCertificates())("a server presents what an authority issued, and all files go with it", async () => {
  const authority = makeAuthority("authority")
  const tls = authority.issue()
  {
    await using redis = await startRedis({ tls })
    const socket = connect({ host: redis.host, port: redis.tlsPort ?? 0, ca: authority.certificate })
    await once(socket, "secureConnect")
    expect(socket.authorized).toBe(true)
    socket.destroy()
    expect(await redis.command("PING")).toBe("PONG")
  }
  const expired = new X509Certificate(readFileSync(authority.issue({ expired: true }).cert))
  expect(new Date(expired.validTo).getTime()).toBeLessThan(Date.now())
  authority[Symbol.dispose]()
  expect(existsSync(tls.cert)).toBe(false)
})
