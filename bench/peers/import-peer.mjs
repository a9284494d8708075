/**
 * Imports a package that is installed in this folder.
 *
 * @param {string} name
 * @returns {Promise<unknown>}
 */
export const importPeer = (name) => import(name)
