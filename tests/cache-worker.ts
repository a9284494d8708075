import { serveWorker } from "@holdfast/servers"
import { handlersOf } from "./actor-handlers.ts"
import { Actor, type ActorSetup } from "./cache-actor.ts"

const actor = await Actor.start(JSON.parse(process.argv[2] ?? "{}") as ActorSetup)

serveWorker({ handlers: handlersOf(actor), onStop: () => actor.close() })
