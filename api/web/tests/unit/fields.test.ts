import { describe, expect, it } from 'vitest'
import type { CollectionSchema } from '../../src/api/types.ts'
import { fieldsOf } from '../../src/drawer/fields.ts'

const schema: CollectionSchema = {
  properties: {
    id: { type: 'integer', title: '内部编号', 'x-ogc-role': 'id' },
    geom: { format: 'geometry-point', title: '图形', 'x-ogc-role': 'primary-geometry' },
    name: { type: 'string', title: '名称' },
    status: { title: '状态', 'x-title-en': 'Status', oneOf: [{ const: 'intact', title: '完好', 'x-title-en': 'Intact' }] },
    width_m: { type: 'number', title: '宽度', 'x-title-en': 'Width', 'x-unit': 'm' },
    capacity: { type: 'integer', title: '泊位数' },
    lit: { type: 'boolean', title: '照明', 'x-title-en': 'Lit' },
    surveyed_on: { type: 'string', format: 'date', title: '普查日期' },
    maintainer_dept: { type: 'string', title: '养护单位', 'x-title-en': 'Maintained by' },
    measures: { type: 'object', title: '措施', 'x-title-en': 'Measures', properties: { hoarding: { title: '围挡', 'x-title-en': 'Hoarding' }, wet: { title: '湿法作业', 'x-title-en': 'Wet work' } } },
    contractor: { type: 'string', title: '施工单位', 'x-title-en': 'Contractor' },
  },
}
const properties = {
  name: '甲', status: 'intact', width_m: 1234.5, capacity: 0, lit: false, surveyed_on: '2025-06-01', maintainer_dept: 'D2',
  measures: { hoarding: true, wet: false }, contractor: null,
}
const labels = { maintainer_dept: { title: '环卫中心', title_en: '' } }

describe('fields of the drawer', () => {
  it('are labelled in Chinese, with units, enumerations and names of codes', () => {
    const { filled, unfilled } = fieldsOf({ properties, labels }, schema, 'zh')
    expect(Object.fromEntries(filled.map(({ label, text }) => [label, text]))).toEqual({
      状态: '完好', 宽度: '1,234.5 m', 泊位数: '0', 照明: '否', 普查日期: '2025-06-01', 养护单位: '环卫中心（D2）', 措施: '1/2',
    })
    expect(unfilled).toEqual(['施工单位'])
  })

  it('are in English where there is an English title', () => {
    const { filled } = fieldsOf({ properties, labels }, schema, 'en')
    expect(filled.slice(0, 2).map(({ label, text }) => `${label} ${text}`)).toEqual(['Status Intact', 'Width 1,234.5 m'])
    expect(filled.find(({ key }) => key === 'maintainer_dept')?.text).toBe('环卫中心（D2）')
  })

  it('name the region that a code belongs to', () => {
    const withRegion = { properties: { ...schema.properties, region_code: { type: 'string', title: '所在区域' } } }
    const item = { properties: { region_code: '370281001' }, regions: [{ code: '370281001', name: '阜安街道', kind: 'street' }] }
    expect(fieldsOf(item, withRegion, 'zh').filled).toEqual([{ key: 'region_code', label: '所在区域', text: '阜安街道（370281001）' }])
  })

  it('list what of a checklist is met', () => {
    const field = fieldsOf({ properties }, schema, 'zh').filled.find(({ key }) => key === 'measures')
    expect(field?.checks).toEqual([{ label: '围挡', met: true }, { label: '湿法作业', met: false }])
  })

  it('show an unknown code as it is, and nothing of what the schema does not name', () => {
    const { filled } = fieldsOf({ properties: { status: 'odd', secret: 'x' } }, schema, 'zh')
    expect(filled).toEqual([{ key: 'status', label: '状态', text: 'odd' }])
  })
})
