import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ServerTls } from "./redis-process.ts"

/** An authority of its own, in a folder that goes with it. */
export interface Authority extends Disposable {
  /** Its certificate, for clients that are to trust it. */
  readonly certificate: Buffer
  /** A certificate for 127.0.0.1. With `expired` its time is over. */
  issue(options?: { readonly expired: boolean }): ServerTls
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

/** Whether the program that makes certificates is to be had. */
export function canMakeCertificates(): boolean {
  return spawnSync("openssl", ["version"], { timeout: 5000 }).status === 0
}

/** Makes an authority with openssl. Throws if there is none. */
export function makeAuthority(name: string): Authority {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-tls-"))
  const file = (of: string): string => join(dir, of)
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { stdio: "pipe", timeout: 10_000 })
  const ca = file("ca.pem")
  openssl("req", "-x509", ...KEY, "-keyout", file("ca.key"), "-out", ca, "-days", "2", "-subj", `/CN=${name}`)
  writeFileSync(file("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
  let issued = 0
  return {
    certificate: readFileSync(ca),
    issue({ expired } = { expired: false }) {
      issued += 1
      const [key, request, cert] = ["key", "csr", "pem"].map((kind) => file(`server-${issued}.${kind}`)) as [
        string,
        string,
        string,
      ]
      openssl("req", ...KEY, "-keyout", key, "-out", request, "-subj", "/CN=localhost")
      const signer = ["-CA", ca, "-CAkey", file("ca.key"), "-CAcreateserial", "-extfile", file("names")]
      openssl("x509", "-req", "-in", request, "-out", cert, ...signer, "-days", expired ? "-1" : "2")
      return { ca, cert, key }
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  }
}
