"""
A million invented names of enterprises, with the frequencies of real ones.

Half of all names begin with one of few places and end in one of few forms, and every pair of characters in between
follows a long tail: what makes a search slow is in them.
"""

import random
import re
from collections.abc import Iterator

PLACES = (("濉溪县", 38), ("淮北市", 22), ("安徽", 18), ("安徽省", 8), ("淮北", 8), ("濉溪", 4), ("", 2))
TOWNS = ("百善镇", "临涣镇", "韩村镇", "五沟镇", "孙疃镇", "南坪镇", "双堆集镇", "铁佛镇", "四铺镇", "刘桥镇", "濉溪镇")
# In the order of how often they stand in the names of enterprises.
CHARACTERS = (
    "鑫源华盛达兴旺顺诚信和丰瑞祥恒泰安康宏伟建业美佳亿通永昌金鼎万利福德天宇海龙新世纪东方明星光辉中正远航嘉禾润泽云腾博"
    "雅创智慧绿洲青松翠竹红梅春秋阳晨曦月朗晓峰岭岩石磊森林木桐柏杨柳桃李杏梨枫桦楠梓棠兰菊荷莲芳馨芝荣茂蔚蓝紫银铜铁钢玉珠"
    "宝琳琅璟琪瑶瑾瑜璐璇锦绣绮罗缘禧嵘峥嵩岳泉溪涧河湖江淮汇汉沪浙皖苏鲁豫晋冀秦蜀渝黔滇闽粤桂琼辽吉黑蒙疆藏青宁甘陕"
    "仁义礼忠孝廉勇毅刚强健壮雄威武文章翰墨书香典雅致尚品味尊尧舜禹汤周孔孟庄荀墨轩辕昊穹苍茫浩瀚沧桑乾坤艮巽坎离震兑"
    "众合众力联合同创共赢启迪腾飞翔鹏鹰燕雀鹤凤凰麒麟虎豹狮象牛马羊猴鸡犬猪兔鼠蛇卓越超凡非凡精英优胜益民惠民便民利民"
)
TRADES = tuple(
    re.findall(
        r"\S+",
        "商贸 科技 建筑工程 建材 农业科技 物流 餐饮服务 汽车销售服务 机械制造 食品 劳务 信息技术 文化传媒 房地产开发 装饰工程 广告 "
        "电子商务 人力资源 医疗器械 教育咨询 环保科技 新能源 服装 家具 养殖 种植 粮油 酒业 煤炭运销 矿山设备 园林绿化 市政工程 "
        "物业管理 酒店管理 旅游开发 印务 包装 塑料制品 化工 纺织 电力工程 水利工程 消防器材 安防工程 网络科技 软件开发 财务咨询 "
        "超市 百货店 理发店 饭店 早点铺 烟酒店 五金店 药房 诊所 幼儿园 加油站 修理厂 洗车行 服装店 水果店 面馆 茶庄",
    )
)
FORMS = (
    ("有限公司", 58),
    ("有限责任公司", 8),
    ("股份有限公司", 2),
    ("专业合作社", 6),
    ("个体工商户", 3),
    ("经营部", 9),
    ("分公司", 4),
)
SHOPS = frozenset(TRADES[TRADES.index("超市") :])  # these need no form behind them


def _zipf(count: int) -> list[float]:
    total, weights = 0.0, []
    for place in range(count):
        total += 1 / (place + 8) ** 0.9
        weights.append(total)
    return weights


def invented_names(*, count: int, seed: int = 2026) -> Iterator[str]:
    """Give ``count`` different names, the same for the same seed."""
    chance = random.Random(seed)
    places, place_weights = zip(*PLACES, strict=True)
    forms, form_weights = zip(*FORMS, strict=True)
    characters = sorted(set(CHARACTERS), key=CHARACTERS.index)
    of_characters, of_trades = _zipf(len(characters)), _zipf(len(TRADES))
    seen: set[str] = set()
    while len(seen) < count:
        place = chance.choices(places, place_weights)[0]
        if place == "濉溪县" and chance.random() < 0.3:
            place += chance.choice(TOWNS)
        core = "".join(chance.choices(characters, cum_weights=of_characters, k=chance.choice((2, 2, 2, 3, 4))))
        trade = chance.choices(TRADES, cum_weights=of_trades)[0]
        form = "" if trade in SHOPS else chance.choices(forms, form_weights)[0]
        name = place + core + trade + form
        if form == "分公司":
            name = f"{place}{core}{trade}有限公司{chance.choice(TOWNS)}分公司"
        if name not in seen:
            seen.add(name)
            yield name
