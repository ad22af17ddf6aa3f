// 话术检查。
export const zh_wording = {
  "menu.wording": "话术检查",
  "wording.title": "话术检查",
  "wording.note": "粘贴一段话，看能不能这样说；检查的内容不保存",
  "wording.role": "听话人",
  "wording.position": "位置",
  "wording.identity": "已核实身份",
  "wording.hardship": "已申报困难",
  "wording.text": "要检查的话",
  "wording.hint": "例如：您好，我是海安银行的工作人员……",
  "wording.fine": "可以这样说。",
  "wording.blocked": "不能这样说",
  "wording.warned": "可以保存，但请留意",
  "wording.instead": "建议：",
  "wording.not_saved": "没有保存：请先改掉标出的词。",
} as const;
