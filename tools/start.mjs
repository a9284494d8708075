// npm start: sets up, then becomes the shop. Everything after `--` goes to the shop.
import { pathToFileURL } from "node:url"
import { inRoot } from "./lib/paths.mjs"
import { setupOrExit } from "./setup.mjs"

const args = process.argv.slice(2).join(" ")
const inMemory = /--store[ =]memory/.test(args)
const informative = /(^| )(--help|-h|--version)( |$)/.test(args)
await setupOrExit("start", { server: !inMemory && !informative && !process.env["REDIS_URL"] })

const main = inRoot("examples", "shop", "dist", "main.js")
process.argv[1] = main
await import(pathToFileURL(main).href)
