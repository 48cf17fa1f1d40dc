/** Loads every entry whose name it is given by `require` and by `import`: both have to offer the same, and load without any client. */

const assert = require('node:assert/strict');

async function main(names) {
  assert.ok(names.length > 0, 'names of entries are wanted');
  for (const name of names) {
    const required = Object.keys(require(name))
      .filter((each) => each !== '__esModule')
      .sort();
    const imported = Object.keys(await import(name))
      .filter((each) => each !== '__esModule')
      .sort();
    // the storage contract is types only
    assert.ok(required.length > 0 || name.endsWith('/storage'), `${name} offers something`);
    assert.deepEqual(required, imported, `${name} offers the same to both`);
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
