import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsFormat } from '../../../src/adapters/store/shared/row-format.ts'
import { isLeftOver, isOfBackup, recordsFileOf } from '../../../src/core/care/backup-record.ts'

test('the records of a backup are known as its own by their name, whole or half written, whatever engine has made them', () => {
  for (const format of ['sqlite', rowsFormat]) {
    const name = recordsFileOf(1_795_369_406_987, '1a2ff204', format)
    for (const each of [name, `${name}.1a2b.part`]) {
      assert.ok(isOfBackup(each), each)
      assert.ok(isLeftOver(each), each)
    }
  }
  for (const other of ['records', 'records-1.', 'records-1.a/b', 'records-1.A', 'notes.txt'])
    assert.ok(!isOfBackup(other), other)
})
