import { expect, test } from '@jest/globals'
import { isSnsAddress } from '../../src/core/reports/sns.ts'
import { createSnsFetch } from '../../src/inbound/fetch-sns.ts'

test.each([
  'https://sns.eu-central-1.amazonaws.com/a.pem',
  'https://sns.us-gov-west-1.amazonaws.com/a.pem',
  'https://sns.cn-north-1.amazonaws.com.cn/a.pem',
])('%s is an address of SNS', (address) => {
  expect(isSnsAddress(address)).toBe(true)
})

test.each([
  'http://sns.eu-central-1.amazonaws.com/a.pem',
  'https://sns.eu-central-1.amazonaws.com:8443/a.pem',
  'https://user@sns.eu-central-1.amazonaws.com/a.pem',
  'https://sns.eu-central-1.amazonaws.com.evil.example/a.pem',
  'https://sns-eu-central-1.amazonaws.com/a.pem',
  'https://sns.bucket.s3.amazonaws.com/a.pem',
  'https://evil.example/sns.eu-central-1.amazonaws.com/a.pem',
  'https://127.0.0.1/a.pem',
  'file:///etc/passwd',
  '',
])('"%s" is none, and nothing is fetched from it', async (address) => {
  expect(isSnsAddress(address)).toBe(false)
  await expect(createSnsFetch(() => 0)(address)).rejects.toThrow('not an SNS URL')
})
