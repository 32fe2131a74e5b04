"""The tables that can be loaded: sheets, columns and the other names that they go by."""

from dataclasses import replace

from gis_grid.exchange.tables import Form

# Surveyors call eastings Y and northings X; swapped axes are found by where the places lie.
_LON = ("经度", "lon", "lng", "longitude", "x", "东坐标", "横坐标", "x坐标")
_LAT = ("纬度", "lat", "latitude", "y", "北坐标", "纵坐标", "y坐标")

REGIONS = Form(
    kind="region",
    sheets=("区划", "行政区划", "regions"),
    columns={
        "code": ("code", "代码", "区划代码", "统计用区划代码", "编码"),
        "name": ("name", "名称", "区划名称"),
        "level": ("level", "级别", "层级"),
        "parent": ("parent", "上级", "上级代码", "父级代码"),
    },
    required=("code", "name"),
)

HOUSEHOLDS = Form(
    kind="household",
    sheets=("户", "户表", "农户", "家庭", "households"),
    columns={
        "code": ("户编号", "户号", "家庭编号", "户编码", "household_code", "code"),
        "village": ("村代码", "村编码", "行政村代码", "村居代码", "village_code", "village"),
        "address": ("地址", "住址", "家庭住址", "居住地址", "门牌地址", "address"),
        "head": ("户主姓名", "户主", "户主名", "head"),
        "phone": ("联系电话", "电话", "户主电话", "手机", "手机号", "联系方式", "phone"),
        "origin": ("户籍类型", "户籍", "人户类型", "origin"),
        "lon": _LON,
        "lat": _LAT,
        "tags": ("标签", "户标签", "户类别", "tags"),
        "note": ("备注", "说明", "note"),
        "registered": ("登记日期", "建档日期", "registered_on"),
    },
    required=("code", "village", "address", "head"),
)

PEOPLE = Form(
    kind="person",
    sheets=("人", "人口", "家庭成员", "成员", "people"),
    columns={
        "code": ("户编号", "户号", "家庭编号", "户编码", "household_code"),
        "name": ("姓名", "成员姓名", "name"),
        "relation": ("与户主关系", "关系", "家庭关系", "relation"),
        "sex": ("性别", "sex"),
        "id": ("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号码", "id_number"),
        "phone": ("手机号", "联系电话", "电话", "手机", "手机号码", "phone"),
        "party": ("是否党员", "党员", "政治面貌", "party_member"),
    },
    required=("code", "name", "relation"),
)

TAGS = Form(
    kind="tag",
    sheets=("标签", "户标签", "标签台账", "tags"),
    columns={
        "code": ("户编号", "户号", "家庭编号", "户编码", "household_code"),
        "tag": ("标签", "标签名称", "类别", "tag"),
        "start": ("起", "开始", "开始日期", "起始日期", "认定日期", "from"),
        "end": ("止", "结束", "结束日期", "截止日期", "to"),
        "source": ("来源", "认定单位", "依据", "source"),
    },
    required=("code", "tag", "start"),
)

DUTIES = Form(
    kind="duty",
    sheets=("职责", "网格人员", "人员", "duties"),
    columns={
        "name": ("姓名", "name"),
        "phone": ("电话", "联系电话", "手机号", "手机", "phone"),
        "post": ("岗位", "职务", "岗位名称", "post"),
        "mode": ("包干方式", "包联方式", "方式", "mode"),
        "area": ("区域代码", "网格编码", "网格代码", "负责区域", "area_code"),
        "start": ("起", "开始", "开始日期", "任职日期", "from"),
        "end": ("止", "结束", "结束日期", "to"),
        "login": ("登录名", "账号", "login"),
    },
    required=("name", "post", "mode", "area", "start"),
)

FIXED_POINTS = Form(
    kind="fixed",
    sheets=("五定", "fixed_points"),
    columns={
        "area": ("区域代码", "网格编码", "网格代码", "area_code"),
        "kind": ("项目", "类别", "kind"),
        "text": ("内容", "text"),
        "source": ("来源", "依据", "文件", "source"),
        "start": ("起", "开始", "开始日期", "from"),
        "end": ("止", "结束", "结束日期", "to"),
    },
    required=("area", "kind", "text", "start"),
)

INCIDENTS = Form(
    kind="incident",
    sheets=("事件", "事件台账", "网格事件", "incidents"),
    columns={
        "ref": ("原编号", "编号", "事件编号", "序号", "number", "register_no"),
        "category": ("分类", "事件分类", "事件类型", "类别代码", "类别", "category"),
        "what": ("事件经过", "事情经过", "内容", "事件描述", "描述", "what"),
        "village": ("村代码", "区划代码", "区域代码", "行政村代码", "village_code", "area"),
        "lon": _LON,
        "lat": _LAT,
        "address": ("地址", "发生地点", "地点", "address"),
        "reporter": ("上报人", "反映人", "诉求人", "reporter"),
        "phone": ("联系电话", "电话", "手机号", "phone"),
        "reported": ("上报时间", "受理时间", "登记时间", "reported_at"),
        "closed": ("办结时间", "结案时间", "closed_at"),
    },
    required=("ref", "category", "what", "village", "reported"),
)

INCIDENT_STEPS = Form(
    kind="incident_step",
    sheets=("办理经过", "办理过程", "incident_steps"),
    columns={
        "ref": ("原编号", "编号", "事件编号", "序号", "number"),
        "village": ("村代码", "区划代码", "行政村代码", "village_code"),
        "step": ("步骤", "办理环节", "环节", "step"),
        "at": ("时间", "办理时间", "at"),
        "by": ("经办人", "办理人", "by"),
        "text": ("办理情况", "text"),
        "reason": ("原因", "reason"),
        "to": ("交办给", "并入", "to"),
    },
    required=("ref", "village", "step", "at"),
)

CAMERAS = Form(
    kind="camera",
    sheets=("摄像头", "视频点位", "监控点位", "cameras"),
    columns={
        "name": ("点位名称", "名称", "name"),
        "owner": ("类型", "归属", "owner"),
        "consent": ("同意日期", "consent_on"),
        "mounting": ("安装方式", "mounting"),
        "height": ("高度", "安装高度", "height_m"),
        "bearing": ("朝向", "方位角", "bearing"),
        "view": ("视场角", "视角", "field_of_view"),
        "range": ("可视距离", "监控距离", "range_m"),
        "code": ("国标编码", "设备编码", "device_code"),
        "filing": ("备案号", "公安备案号", "filing_no"),
        "sign": ("提示标识", "标识", "有标识", "has_sign"),
        "days": ("存储天数", "storage_days"),
        "platform": ("接入平台", "平台", "platform"),
        "state": ("状态", "state"),
        "village": ("村代码", "区划代码", "行政村代码", "village_code", "village"),
        "lon": _LON,
        "lat": _LAT,
    },
    required=("name", "lon", "lat"),
)

SERVICE_POINTS = Form(
    kind="service_point",
    sheets=("服务点", "便民服务点", "service_points"),
    columns={
        "name": ("名称", "点位名称", "name"),
        "kind": ("类别", "类型", "kind"),
        "address": ("地址", "address"),
        "hours": ("开放时间", "服务时间", "hours"),
        "phone": ("电话", "联系电话", "phone"),
        "village": ("村代码", "区划代码", "行政村代码", "village_code", "village"),
        "lon": _LON,
        "lat": _LAT,
    },
    required=("name", "kind", "lon", "lat"),
)

GRIDS = Form(
    kind="grid",
    sheets=("small_grids",),
    columns={
        "code": ("code", "网格编码", "编码", "网格代码", "代码"),
        "name": ("name", "名称", "网格名称"),
        "kind": ("kind", "类型", "网格类型"),
        "village": ("village_code", "村代码", "村编码", "行政村代码"),
    },
    required=("code", "name"),
)

# In a draft new grids get their codes there.
DRAFT_GRIDS = replace(GRIDS, required=("name",))

REFERENCE = Form(
    kind="feature",
    sheets=("roads", "water"),
    columns={
        "name": ("name", "名称"),
        "kind": ("kind", "类型", "类别", "fclass"),
    },
    required=(),
)

ROUTES = Form(
    kind="route",
    sheets=("巡逻路线", "routes", "tracks"),
    columns={
        "name": ("名称", "路线名称", "name"),
        "serves": ("用途", "说明", "desc", "description"),
    },
    required=("name",),
)

ALL = (
    REGIONS,
    HOUSEHOLDS,
    PEOPLE,
    TAGS,
    DUTIES,
    FIXED_POINTS,
    INCIDENTS,
    INCIDENT_STEPS,
    CAMERAS,
    SERVICE_POINTS,
    GRIDS,
    REFERENCE,
    ROUTES,
)
OF_KIND = {form.kind: form for form in ALL}
