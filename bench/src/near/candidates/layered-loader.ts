import { nothingToClose, ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

interface Loader {
  get(key: string): Promise<unknown>
  forceSetValue(key: string, value: unknown): Promise<void>
}

type Options = { inMemoryCache: { ttlInMsecs: number; maxItems: number }; dataSourceGetOneFn(): Promise<unknown> }

export const layeredLoader: NearCandidate = {
  id: "layered-loader",
  async open(maxEntries) {
    const { Loader } = (await importPeer("layered-loader")) as { Loader: new (options: Options) => Loader }
    const loader = new Loader({
      inMemoryCache: { ttlInMsecs: ttlMs, maxItems: maxEntries },
      dataSourceGetOneFn: async () => undefined,
    })
    return {
      set: (key, value) => loader.forceSetValue(key, value),
      get: (key) => loader.get(key),
      close: nothingToClose,
    }
  },
}
