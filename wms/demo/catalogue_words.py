"""The demonstration warehouse's goods, as word lists: no data of any real seller.

A line is `zh | en | unit | grams | options; options`. Every combination of the options is an item of its own. An option
is `zh/en`, or one text for both languages. Without grams, an option such as 2.5kg or 750ml tells the weight.
"""

UNITS = {
    "bag": ("袋", "bags"),
    "bottle": ("瓶", "bottles"),
    "box": ("盒", "boxes"),
    "can": ("罐", "cans"),
    "pair": ("双", "pairs"),
    "piece": ("件", "pcs"),
    "set": ("套", "sets"),
    "stick": ("支", "pcs"),
}

FOOD = """
东北大米 | Northeast rice | bag | | 2.5kg, 5kg, 10kg; 真空装/vacuum
小米 | Millet | bag | | 500g, 1kg
菜籽油 | Rapeseed oil | bottle | | 1.8L, 5L
生抽酱油 | Light soy sauce | bottle | | 500ml, 1L
陈醋 | Mature vinegar | bottle | | 500ml
绿茶 | Green tea | can | | 125g, 250g
茉莉花茶 | Jasmine tea | bag | | 100g, 250g
红枣 | Red dates | bag | | 500g, 1kg
核桃仁 | Walnut kernels | bag | | 250g, 500g
挂面 | Dried noodles | bag | | 500g, 1kg
黑芝麻糊 | Black sesame paste | bag | | 480g
蜂蜜 | Honey | bottle | | 500g, 1kg
牛肉干 | Beef jerky | bag | | 100g, 250g; 五香/five-spice, 香辣/spicy
苏打饼干 | Soda crackers | box | | 200g, 400g
黑巧克力 | Dark chocolate | box | | 100g; 70%, 85%
速溶咖啡 | Instant coffee | box | | 90g, 180g
燕麦片 | Rolled oats | bag | | 750g, 1.5kg
辣椒酱 | Chilli sauce | bottle | | 280g; 微辣/mild, 特辣/hot
八宝粥 | Eight-treasure congee | can | | 360g
"""

COSMETICS = """
洗面奶 | Face wash | bottle | | 100ml, 150ml
保湿面霜 | Moisturising cream | bottle | | 50g; 干性/dry skin, 油性/oily skin
防晒霜 | Sunscreen | bottle | | 50ml; SPF30, SPF50
洗发水 | Shampoo | bottle | | 400ml, 750ml; 去屑/anti-dandruff, 柔顺/smoothing
护发素 | Conditioner | bottle | | 400ml, 750ml
沐浴露 | Shower gel | bottle | | 500ml, 1L
护手霜 | Hand cream | stick | | 75g; 玫瑰/rose, 柠檬/lemon, 无香/unscented
口红 | Lipstick | stick | 25 | 豆沙色/rosewood, 正红色/red, 珊瑚色/coral, 砖红色/brick
眉笔 | Eyebrow pencil | stick | 10 | 棕色/brown, 灰色/grey, 黑色/black
面膜 | Sheet mask | box | 160 | 5片/5 pcs, 10片/10 pcs; 补水/hydrating, 提亮/brightening
卸妆油 | Cleansing oil | bottle | | 150ml, 200ml
指甲油 | Nail polish | bottle | 40 | 红色/red, 粉色/pink, 透明/clear
爽肤水 | Toner | bottle | | 200ml
眼霜 | Eye cream | stick | | 15g
淡香水 | Eau de toilette | bottle | | 30ml, 50ml; 木质/woody, 花香/floral
"""

CLOTHING = """
纯棉T恤 | Cotton T-shirt | piece | 200 | 白色/white, 黑色/black, 藏青/navy; S, M, L, XL
连帽卫衣 | Hoodie | piece | 620 | 灰色/grey, 黑色/black; M, L, XL
牛仔裤 | Jeans | piece | 650 | 深蓝/dark blue; 30, 32, 34
羊毛衫 | Wool jumper | piece | 420 | 驼色/camel, 米白/off-white; M, L
棉袜 | Cotton socks | pair | 60 | 白色/white, 黑色/black, 灰色/grey
围巾 | Scarf | piece | 180 | 红色/red, 灰色/grey
羽绒服 | Down jacket | piece | 950 | 黑色/black; M, L, XL
儿童雨衣 | Children's raincoat | piece | 300 | 黄色/yellow; 110cm, 130cm
睡衣套装 | Pyjamas | set | 380 | 粉色/pink, 蓝色/blue; M, L
"""

ELECTRONICS = """
USB-C数据线 | USB-C cable | piece | 45 | 1m, 2m; 白色/white, 黑色/black
充电器 | Charger | piece | 110 | 20W, 33W, 65W
充电宝 | Power bank | piece | 360 | 10000mAh, 20000mAh; 白色/white, 黑色/black
蓝牙耳机 | Bluetooth earbuds | box | 65 | 白色/white, 黑色/black, 蓝色/blue
无线鼠标 | Wireless mouse | piece | 95 | 黑色/black, 白色/white
机械键盘 | Mechanical keyboard | piece | 980 | 红轴/red switches, 茶轴/brown switches
U盘 | USB stick | piece | 15 | 64GB, 128GB, 256GB
LED台灯 | LED desk lamp | piece | 750 | 白色/white, 黑色/black
插线板 | Power strip | piece | 450 | 3位/3 sockets, 6位/6 sockets; 1.8m, 3m
手机支架 | Phone stand | piece | 180 | 银色/silver, 黑色/black
电动牙刷 | Electric toothbrush | box | 260 | 白色/white, 粉色/pink
吹风机 | Hair dryer | piece | 600 | 1200W, 1800W
小夜灯 | Night light | piece | 90 | 暖光/warm, 白光/cool
厨房秤 | Kitchen scale | piece | 420 | 白色/white, 黑色/black
电子体温计 | Digital thermometer | stick | 30 | 防水/waterproof
"""

HOME = """
保温杯 | Vacuum flask | piece | 280 | 350ml, 500ml, 750ml; 白色/white, 绿色/green
陶瓷碗 | Ceramic bowl | piece | 260 | 4.5寸/4.5 inch, 6寸/6 inch
筷子 | Chopsticks | set | 220 | 10双/10 pairs; 竹制/bamboo, 合金/alloy
毛巾 | Towel | piece | 120 | 白色/white, 灰色/grey, 粉色/pink
浴巾 | Bath towel | piece | 380 | 白色/white, 灰色/grey
床上四件套 | Bedding set | set | 2100 | 1.5m, 1.8m; 灰色/grey, 蓝色/blue
枕头 | Pillow | piece | 900 | 软/soft, 硬/firm
收纳箱 | Storage box | piece | 1200 | 20L, 40L, 60L
衣架 | Hangers | set | 400 | 10个/10 pcs, 20个/20 pcs
垃圾袋 | Bin bags | bag | 350 | 45L, 60L
洗衣液 | Laundry liquid | bottle | | 2kg, 3kg
抽纸 | Facial tissues | bag | 900 | 6包/6 packs, 12包/12 packs
砧板 | Chopping board | piece | 1100 | 竹制/bamboo, 塑料/plastic
不粘锅 | Non-stick pan | piece | 1050 | 24cm, 28cm
折叠伞 | Folding umbrella | piece | 380 | 黑色/black, 蓝色/blue, 红色/red
"""

TOYS = """
积木 | Building blocks | box | 600 | 100粒/100 pcs, 300粒/300 pcs, 500粒/500 pcs
拼图 | Jigsaw | box | 550 | 300片/300 pcs, 500片/500 pcs, 1000片/1000 pcs; 风景/landscape, 猫咪/kittens
毛绒熊 | Plush bear | piece | 400 | 30cm, 50cm; 棕色/brown, 白色/white
遥控车 | Remote-control car | box | 700 | 红色/red, 蓝色/blue
魔方 | Speed cube | piece | 90 | 三阶/3x3, 四阶/4x4
飞行棋 | Ludo | box | 450 | 折叠/folding
跳绳 | Skipping rope | piece | 150 | 蓝色/blue, 粉色/pink
泡泡机 | Bubble machine | piece | 320 | 蓝色/blue, 粉色/pink
彩泥 | Modelling clay | box | 600 | 12色/12 colours, 24色/24 colours
木制火车 | Wooden train | set | 1300 | 30件/30 pcs
风筝 | Kite | piece | 250 | 老鹰/eagle, 蝴蝶/butterfly
乒乓球拍 | Table-tennis bats | pair | 420 | 双拍三球/3 balls
认知卡片 | Flash cards | box | 300 | 动物/animals, 数字/numbers, 汉字/characters
磁力片 | Magnetic tiles | box | 900 | 40片/40 pcs, 100片/100 pcs
手偶 | Hand puppet | piece | 80 | 狐狸/fox, 兔子/rabbit
"""

STATIONERY = """
中性笔 | Gel pen | stick | 12 | 0.5mm; 黑色/black, 蓝色/blue, 红色/red
笔记本 | Notebook | piece | 280 | A5, B5; 横线/ruled, 方格/squared
铅笔 | Pencils | box | 80 | HB, 2B; 12支/12 pcs
橡皮 | Eraser | piece | 20 | 4B
便利贴 | Sticky notes | piece | 50 | 黄色/yellow, 粉色/pink, 蓝色/blue
文件夹 | Ring binder | piece | 420 | A4; 黑色/black, 蓝色/blue
订书机 | Stapler | piece | 210 | 黑色/black, 白色/white
剪刀 | Scissors | piece | 90 | 17cm, 21cm
封箱胶带 | Packing tape | piece | 160 | 透明/clear, 米色/beige
水彩笔 | Felt-tip pens | box | 250 | 12色/12 colours, 24色/24 colours, 36色/36 colours
复印纸 | Copy paper | bag | 2300 | A4; 70克/70 gsm, 80克/80 gsm
计算器 | Calculator | piece | 160 | 白色/white, 黑色/black
荧光笔 | Highlighters | set | 70 | 4色/4 colours, 6色/6 colours
笔袋 | Pencil case | piece | 110 | 灰色/grey, 绿色/green, 粉色/pink
书包 | School bag | piece | 850 | 蓝色/blue, 黑色/black
直尺 | Ruler | piece | 40 | 20cm, 30cm
"""

PET = """
猫粮 | Cat food | bag | | 1.5kg, 5kg; 鸡肉/chicken, 三文鱼/salmon
狗粮 | Dog food | bag | | 2kg, 10kg; 小型犬/small breeds, 大型犬/large breeds
猫砂 | Cat litter | bag | | 6L, 10L; 豆腐/tofu, 膨润土/clay
猫条 | Cat treats | box | | 300g
磨牙棒 | Dental sticks | bag | | 200g, 500g
牵引绳 | Dog lead | piece | 140 | 1.5m, 3m; 红色/red, 黑色/black
猫抓板 | Scratching board | piece | 700 | 小号/small, 大号/large
宠物碗 | Pet bowl | piece | 300 | 不锈钢/steel, 陶瓷/ceramic
逗猫棒 | Cat teaser | piece | 40 | 羽毛/feather, 小鱼/fish
宠物梳 | Pet comb | piece | 60 | 木柄/wooden
航空箱 | Pet carrier | piece | 1900 | S, M
尿垫 | Puppy pads | bag | 900 | 50片/50 pcs, 100片/100 pcs
宠物香波 | Pet shampoo | bottle | | 500ml
狗玩具球 | Dog ball | piece | 120 | 蓝色/blue, 橙色/orange
猫窝 | Cat bed | piece | 800 | 灰色/grey, 粉色/pink
"""
