import { serveWorker } from "@holdfast/servers"
import { Actor, handlersOf, type ActorSetup } from "./cache-actor.ts"

const actor = await Actor.start(JSON.parse(process.argv[2] ?? "{}") as ActorSetup)

serveWorker({ handlers: handlersOf(actor), onStop: () => actor.close() })
