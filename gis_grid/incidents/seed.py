"""Categories to begin with: the four fields of joint work, and what townships write in them.

`code name_en 名称 kind office`; a county edits the tree afterwards. Deadlines are usual ones of
county duty lists; petitions' and disputes' follow the law where it names a time.
"""

SOURCE = "乡镇网格事项常用清单（初始数据）"
SINCE = "2020-01-01"

TREE = """
# disputes 矛盾纠纷 Disputes mediation office
family Family|婚姻家庭纠纷 mediation office
neighbours Neighbours|邻里纠纷 mediation office
homestead House~plots~and~boundaries|宅基地及界址纠纷 mediation office
land Contracted~land|土地承包流转纠纷 mediation office
hills Forest~and~hills|山林权属纠纷 mediation office
water-use Water~for~fields|农田用水纠纷 mediation office
wages Unpaid~wages|拖欠工资纠纷 mediation office
debts Debts|民间借贷纠纷 mediation office
injury Compensation|损害赔偿纠纷 mediation office
takeover Land~taken~for~building|征地拆迁纠纷 mediation office
traffic-row Traffic~accidents|道路交通事故纠纷 mediation police
# requests 群众诉求 Requests general office
low-income Subsistence~allowance|低保救助申请 approval civil
disability Disability~benefits|残疾人补贴申请 approval civil
aged Care~of~the~aged|养老服务诉求 general civil
medical Medical~insurance|医保社保咨询 approval civil
house-permit House~building~permit|建房审批咨询 approval office
household-register Household~registration|户籍证件办理 approval police
children Children~left~behind|留守儿童帮扶 general civil
jobs Work~and~training|就业培训诉求 general office
schooling Schooling|入学就读诉求 general office
subsidy Farming~subsidies|惠农补贴咨询 general office
policy Advice~on~policy|政策法律咨询 approval office
# affairs 公共事务 Affairs general office
drain Blocked~drains|沟渠下水堵塞 general grid_leader
road Damaged~roads|道路破损 general office
lamp Street~lamps|路灯损坏 general grid_leader
rubbish Rubbish|垃圾堆放 general grid_leader
tap-water Tap~water|饮水供水问题 general office
power Power~lines|供电线路问题 general office
irrigation Irrigation~works|水利设施损坏 general office
toilets Public~toilets|公厕卫生问题 general grid_leader
straw Burning~of~straw|秸秆露天焚烧 general office
illegal-building Building~without~permit|违章搭建 general office
pollution Pollution|污水排放及环境污染 general office
publication Publication~of~accounts|村务财务公开诉求 general office
stray-animals Stray~animals|流浪犬只及畜禽散养 general grid_leader
# safety 公共安全 Safety general police
forest-fire Forest~fire|森林火情 emergency office
fire House~fire|房屋火灾 emergency police
flood Flood|山洪内涝险情 emergency office
landslide Landslide|山体滑坡险情 emergency office
drowning Drowning|溺水险情 emergency police
brawl Brawl|群体性冲突 emergency police
missing Missing~person|人员走失 emergency police
fire-hazard Fire~hazards|消防隐患 general office
dangerous-house Dangerous~houses|危房隐患 general office
traffic-hazard Traffic~hazards|交通安全隐患 general police
theft Theft|盗窃线索 general police
fraud Telephone~fraud|电信诈骗线索 general police
camera-fault Cameras~out~of~order|视频探头故障 general office
""".strip()

# kind, state ("" = the whole case), working days or None, minutes or None
DEADLINES = (
    ("general", "", 7, None),
    ("general", "reported", 1, None),
    ("general", "accepted", 2, None),
    ("general", "in_grid", 3, None),
    ("general", "filed", 1, None),
    ("general", "centre", 1, None),
    ("general", "assigned", 5, None),
    ("general", "reopened", 2, None),
    ("general", "answered", 5, None),
    ("mediation", "", 30, None),
    ("mediation", "reported", 1, None),
    ("mediation", "accepted", 3, None),
    ("mediation", "filed", 1, None),
    ("mediation", "centre", 2, None),
    ("mediation", "assigned", 5, None),
    ("mediation", "mediating", 20, None),
    ("mediation", "reopened", 3, None),
    ("emergency", "", None, 24 * 60),
    ("emergency", "alert", None, 30),
    ("emergency", "followed", None, 120),
    ("approval", "", 5, None),
    ("approval", "reported", 1, None),
    ("approval", "accepted", 2, None),
    ("approval", "told", 2, None),
)
