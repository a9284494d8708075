// npm run bench: sets up, then becomes the benchmark. Everything after `--` goes to it.
import { pathToFileURL } from "node:url"
import { inRoot } from "./lib/paths.mjs"
import { setupOrExit } from "./setup.mjs"

// Near hits need no server.
await setupOrExit("bench", { server: process.argv[2] !== "near" })
const main = inRoot("bench", "dist", "main.js")
process.argv[1] = main
await import(pathToFileURL(main).href)
