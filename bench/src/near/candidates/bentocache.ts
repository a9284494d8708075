import { ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

interface Bento {
  get(options: { key: string }): Promise<unknown>
  set(options: { key: string; value: unknown }): Promise<unknown>
  disconnectAll(): Promise<void>
}

interface BentoModule {
  readonly BentoCache: new (options: { default: string; ttl: number; stores: { near: unknown } }) => Bento
  bentostore(): { useL1Layer(driver: unknown): unknown }
}

/** With its default: values are serialised, so that callers cannot change them for each other. */
export const bentocache: NearCandidate = {
  id: "bentocache",
  async open(maxEntries) {
    const { BentoCache, bentostore } = (await importPeer("bentocache")) as BentoModule
    const { memoryDriver } = (await importPeer("bentocache/drivers/memory")) as {
      memoryDriver(options: { maxItems: number }): unknown
    }
    const near = bentostore().useL1Layer(memoryDriver({ maxItems: maxEntries }))
    const bento = new BentoCache({ default: "near", ttl: ttlMs, stores: { near } })
    return {
      set: (key, value) => bento.set({ key, value }),
      get: (key) => bento.get({ key }),
      close: async () => bento.disconnectAll(),
    }
  },
}
