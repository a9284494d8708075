import { createClient } from "redis"

const CONNECT_MS = 5000

type Client = Awaited<ReturnType<typeof connect>>

/** Name and version of the server at a URL. Rejects, in words for people, if it does not answer. */
export async function versionAt(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const info = await client.info("server")
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1]
    return valkey === undefined ? `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? ""}` : `Valkey ${valkey}`
  })
}

/** Removes every key of a namespace: the demo leaves nothing behind on a server that is not its own. */
export async function removeKeys(url: string, namespace: string): Promise<void> {
  await withClient(url, async (client) => {
    for await (const keys of client.scanIterator({ MATCH: `${namespace}:*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys)
    }
  })
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url)
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}

async function connect(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS } })
  client.on("error", () => {})
  try {
    return await client.connect()
  } catch (error) {
    throw new Error(`REDIS_URL does not answer: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
