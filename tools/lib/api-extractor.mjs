import { join, relative } from "node:path"
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor"
import { libraryFolder } from "./library.mjs"
import { root } from "./paths.mjs"

const level = { logLevel: ExtractorLogLevel.Warning }
const silent = { logLevel: ExtractorLogLevel.None }
/** Said when a report is or would be rewritten: the caller knows that already. */
const news = ["console-api-report-copied", "console-api-report-created", "console-api-report-not-copied"]

/**
 * Compares the API report of one subpath with its compiled declarations, and rewrites it when asked.
 *
 * @param {{ name: string, types: string, reportFolder: string, update: boolean }} request
 */
export function extractReport({ update, ...subpath }) {
  /** @type {string[]} */
  const complaints = []
  const { apiReportChanged } = Extractor.invoke(configFor(subpath), {
    localBuild: update,
    messageCallback(message) {
      message.handled = true
      const isBad = message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning
      if (!isBad || news.includes(message.messageId)) return
      const file = message.sourceFilePath && relative(root, message.sourceFilePath)
      const place = file ? ` (${file}:${message.sourceFileLine})` : ""
      complaints.push(`${subpath.name}: ${message.messageId}: ${message.text}${place}`)
    },
  })
  return { changed: apiReportChanged, complaints }
}

/** @param {{ name: string, types: string, reportFolder: string }} subpath */
function configFor({ name, types, reportFolder }) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(libraryFolder, "package.json"),
    configObject: {
      projectFolder: libraryFolder,
      mainEntryPointFilePath: join(libraryFolder, types),
      compiler: { tsconfigFilePath: join(libraryFolder, "tsconfig.build.json") },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder,
        reportTempFolder: join(reportFolder, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        extractorMessageReporting: { default: level, "ae-missing-release-tag": silent },
        tsdocMessageReporting: { default: silent },
      },
    },
  })
}
