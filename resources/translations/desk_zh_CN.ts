<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutSheet</name>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Finds, diagnoses and resolves unreturned orders. Licence: Apache-2.0.

This program uses Qt and Qt for Python (PySide6) under the GNU Lesser General Public License, version 3. You may replace these libraries in the program&apos;s folder by your own builds, and study the program to make them work. Their sources are published by The Qt Company at download.qt.io.</source>
        <translation>查找、诊断并解决掉单。许可证：Apache-2.0。

本程序按 GNU 宽通用公共许可证第 3 版（LGPL-3）使用 Qt 和 Qt for Python（PySide6）。您可以用自己构建的版本替换程序文件夹中的这些库，也可以为此研究本程序。其源代码由 The Qt Company 在 download.qt.io 发布。</translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>ActionButton</name>
    <message>
        <source>Request refund</source>
        <translation>申请退款</translation>
    </message>
    <message>
        <source>%1, locked</source>
        <translation>%1，已锁定</translation>
    </message>
</context>
<context>
    <name>ActionKind</name>
    <message>
        <source>Recheck</source>
        <translation>重新核查</translation>
    </message>
    <message>
        <source>Have the shop read the payment</source>
        <translation>让商城重新读取支付结果</translation>
    </message>
    <message>
        <source>Complete the order</source>
        <translation>补单</translation>
    </message>
    <message>
        <source>Capture and complete</source>
        <translation>扣款并补单</translation>
    </message>
    <message>
        <source>Release the reservation</source>
        <translation>解除预授权</translation>
    </message>
    <message>
        <source>Refund</source>
        <translation>退款</translation>
    </message>
    <message>
        <source>Correct the entry</source>
        <translation>更正信息</translation>
    </message>
    <message>
        <source>Notify</source>
        <translation>通知客户</translation>
    </message>
    <message>
        <source>Escalate</source>
        <translation>上报</translation>
    </message>
    <message>
        <source>Resolve</source>
        <translation>结案</translation>
    </message>
</context>
<context>
    <name>ActionState</name>
    <message>
        <source>waiting for approval</source>
        <translation>待审批</translation>
    </message>
    <message>
        <source>recorded, not yet sent</source>
        <translation>已登记，尚未发送</translation>
    </message>
    <message>
        <source>outcome unknown, being checked</source>
        <translation>结果未知，正在核实</translation>
    </message>
    <message>
        <source>accepted, being verified</source>
        <translation>已受理，正在核实</translation>
    </message>
    <message>
        <source>confirmed</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>rejected, nothing was done</source>
        <translation>被拒绝，未执行</translation>
    </message>
    <message>
        <source>needs a person</source>
        <translation>需要人工处理</translation>
    </message>
    <message>
        <source>not approved, never sent</source>
        <translation>未获批准，从未发送</translation>
    </message>
</context>
<context>
    <name>AmountMatch</name>
    <message>
        <source>nothing captured</source>
        <translation>未收款</translation>
    </message>
    <message>
        <source>the order&apos;s full amount</source>
        <translation>与订单金额一致</translation>
    </message>
    <message>
        <source>less than the order&apos;s amount</source>
        <translation>少于订单金额</translation>
    </message>
    <message>
        <source>more than the order&apos;s amount</source>
        <translation>多于订单金额</translation>
    </message>
    <message>
        <source>paid more than once</source>
        <translation>重复支付</translation>
    </message>
    <message>
        <source>another currency</source>
        <translation>币种不同</translation>
    </message>
</context>
<context>
    <name>ApprovalBar</name>
    <message>
        <source>Waiting for approval</source>
        <translation>待审批</translation>
    </message>
    <message>
        <source>Needs a person</source>
        <translation>需要人工核实</translation>
    </message>
    <message>
        <source>Approve {amount}</source>
        <translation>批准 {amount}</translation>
    </message>
    <message>
        <source>Do not approve…</source>
        <translation>不批准…</translation>
    </message>
    <message>
        <source>Withdraw…</source>
        <translation>撤回…</translation>
    </message>
    <message>
        <source>Settle by hand…</source>
        <translation>人工核实…</translation>
    </message>
    <message>
        <source>{name} asks for: {what}. Reason: “{reason}”</source>
        <translation>{name} 申请：{what}。原因：“{reason}”</translation>
    </message>
    <message>
        <source>{what}, asked for by {name}: the books do not tell.</source>
        <translation>{what}（{name} 发起）：账面查不到结果。</translation>
    </message>
    <message>
        <source>{what}, asked for by {name}, last sent {when}: the books do not tell.</source>
        <translation>{what}（{name} 发起，最后一次发送：{when}）：账面查不到结果。</translation>
    </message>
</context>
<context>
    <name>AssignSheet</name>
    <message>
        <source>Assign the case</source>
        <translation>指派个案</translation>
    </message>
    <message>
        <source>Name, or the ID for signing in</source>
        <translation>姓名，或登录用的 ID</translation>
    </message>
    <message>
        <source>&amp;To whom</source>
        <translation>指派给(&amp;T)</translation>
    </message>
    <message>
        <source>To whom</source>
        <translation>指派给</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指派</translation>
    </message>
    <message>
        <source>Say who is to work on the case.</source>
        <translation>请填写由谁处理。</translation>
    </message>
    <message>
        <source>The case stands in that person&apos;s queue, claimed for 30 minutes.</source>
        <translation>个案会进入对方的队列，并为其保留认领 30 分钟。</translation>
    </message>
    <message>
        <source>{name} is working on it now and no longer will be.</source>
        <translation>目前由 {name} 处理，指派后不再由其处理。</translation>
    </message>
</context>
<context>
    <name>Awaited</name>
    <message>
        <source>{name} waits for your yes or no to: {what}. Answer below.</source>
        <translation>{name} 在等您审批：{what}。请在下方答复。</translation>
    </message>
    <message>
        <source>Nothing to do now: {what} waits for a second person ({roles}). Nothing was sent yet.</source>
        <translation>现在无需操作：{what} 正等待另一人审批（{roles}），尚未发送。</translation>
    </message>
    <message>
        <source>Nothing to do now: {what}, asked for by {name}, is over your limit and waits for: {roles}. Nothing was sent yet.</source>
        <translation>现在无需操作：{what}（{name} 申请）超出您的额度，等待{roles}审批，尚未发送。</translation>
    </message>
    <message>
        <source>Nothing to do now: {what}, asked for by {name}, waits for: {roles}. Nothing was sent yet.</source>
        <translation>现在无需操作：{what}（{name} 申请）等待{roles}审批，尚未发送。</translation>
    </message>
    <message>
        <source>Ask the provider what became of: {what}. Then settle it below. Never send it again.</source>
        <translation>请向支付渠道核实 {what} 的结果，再在下方录入。切勿重复发送。</translation>
    </message>
    <message>
        <source>What became of {what} must be found out by a second person: {roles}. Never send it again.</source>
        <translation>{what} 的结果须由另一人核实：{roles}。切勿重复发送。</translation>
    </message>
    <message>
        <source>What became of {what} is over your limit to settle. Ask: {roles}. Never send it again.</source>
        <translation>{what} 超出您的额度，不能由您核实。请找：{roles}。切勿重复发送。</translation>
    </message>
    <message>
        <source>What became of {what} must be found out and settled by: {roles}. Never send it again.</source>
        <translation>{what} 的结果须由{roles}核实并录入。切勿重复发送。</translation>
    </message>
    <message>
        <source>Your own request: a second person approves it. Ask: {roles}.</source>
        <translation>这是您自己的申请，须由另一人审批。请找：{roles}。</translation>
    </message>
    <message>
        <source>Over your limit. Ask: {roles}.</source>
        <translation>超出您的额度。请找：{roles}。</translation>
    </message>
    <message>
        <source>Your role may not approve refunds. Ask: {roles}.</source>
        <translation>您的角色不能审批退款。请找：{roles}。</translation>
    </message>
    <message>
        <source>You asked for it or approved it: a second person settles it. Ask: {roles}.</source>
        <translation>申请或审批的人就是您，须由另一人核实。请找：{roles}。</translation>
    </message>
    <message>
        <source>Your role may not settle this. Ask: {roles}.</source>
        <translation>您的角色不能做人工核实。请找：{roles}。</translation>
    </message>
</context>
<context>
    <name>AwayBar</name>
    <message>
        <source>Try now</source>
        <translation>立即重试</translation>
    </message>
</context>
<context>
    <name>Callbacks</name>
    <message>
        <source>the shop replied that it was received</source>
        <translation>商城回复已收到</translation>
    </message>
    <message>
        <source>the shop replied that it had received it, and did nothing</source>
        <translation>商城回复已收到，但没有任何处理</translation>
    </message>
    <message>
        <source>delivered twice at the same moment</source>
        <translation>同一时刻重复送达</translation>
    </message>
    <message>
        <source>delivered before the shop had made the order</source>
        <translation>早于商城生成订单送达</translation>
    </message>
    <message>
        <source>reached the shop, which answered with an error</source>
        <translation>已送达商城，但商城返回错误</translation>
    </message>
    <message>
        <source>delivered to an address that is not the shop&apos;s</source>
        <translation>送到了非商城的地址</translation>
    </message>
    <message>
        <source>turned away before it reached the shop</source>
        <translation>未到商城即被拦截</translation>
    </message>
    <message>
        <source>payment notices are switched off, none was sent</source>
        <translation>支付通知已停用，未发送</translation>
    </message>
    <message>
        <source>the provider never sent a payment notice</source>
        <translation>渠道从未发送支付通知</translation>
    </message>
</context>
<context>
    <name>CaseHeader</name>
    <message>
        <source>Back to the queue ({key_back})</source>
        <translation>返回队列（{key_back}）</translation>
    </message>
    <message>
        <source>Show contact data; this is logged</source>
        <translation>显示联系方式（会留下记录）</translation>
    </message>
    <message>
        <source>Contact data needs the gateway: it logs every look</source>
        <translation>查看联系方式需要连上网关：每次查看都会留下记录</translation>
    </message>
    <message>
        <source>as it was {ago}</source>
        <translation>{ago}的状态</translation>
    </message>
    <message>
        <source>placed {placed} · flagged {flagged}</source>
        <translation>下单于 {placed} · 标记于 {flagged}</translation>
    </message>
    <message>
        <source>Assign…</source>
        <translation>指派…</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Claim  {key_claim}</source>
        <translation>认领  {key_claim}</translation>
    </message>
    <message>
        <source>Release  {key_claim}</source>
        <translation>释放  {key_claim}</translation>
    </message>
    <message>
        <source>claimed by you</source>
        <translation>由您认领</translation>
    </message>
    <message>
        <source>{name} is working on it</source>
        <translation>{name} 正在处理</translation>
    </message>
    <message>
        <source>{name} is working on the case. Ask for it, or wait until it is released.</source>
        <translation>{name} 正在处理该个案。请向对方索取，或等待其释放。</translation>
    </message>
    <message>
        <source>claimed here, waiting to be sent</source>
        <translation>已在本机认领，待发送</translation>
    </message>
    <message>
        <source>released here, waiting to be sent</source>
        <translation>已在本机释放，待发送</translation>
    </message>
</context>
<context>
    <name>CasePage</name>
    <message>
        <source>Case</source>
        <translation>个案</translation>
    </message>
    <message>
        <source>Opening the case…</source>
        <translation>正在打开个案…</translation>
    </message>
    <message>
        <source>The case could not be opened</source>
        <translation>个案打不开</translation>
    </message>
    <message>
        <source>The case is closed. Reopen it to answer.</source>
        <translation>个案已关闭，重新打开后方可作答。</translation>
    </message>
    <message>
        <source>Claim the case ({key_claim}) to answer.</source>
        <translation>先认领个案（{key_claim}）再作答。</translation>
    </message>
    <message>
        <source>{name} is working on the case and answers the guide.</source>
        <translation>{name} 正在处理该个案，由其作答。</translation>
    </message>
</context>
<context>
    <name>CaseSheets</name>
    <message>
        <source>Escalate the case</source>
        <translation>上报个案</translation>
    </message>
    <message>
        <source>Say what you found out and what is to be decided. It goes along.</source>
        <translation>写明已查到什么、需要对方决定什么，会随个案一并转交。</translation>
    </message>
    <message>
        <source>Resolve the case</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>The order stays watched for 72 hours.</source>
        <translation>该订单还会继续监测 72 小时。</translation>
    </message>
    <message>
        <source>It was a false alarm</source>
        <translation>这是误报</translation>
    </message>
    <message>
        <source>Correct the customer&apos;s entry</source>
        <translation>更正客户填写的信息</translation>
    </message>
    <message>
        <source>The right value, as the customer confirmed it to you.</source>
        <translation>填写客户向您确认过的正确内容。</translation>
    </message>
    <message>
        <source>Override this step</source>
        <translation>改写此步骤的结论</translation>
    </message>
    <message>
        <source>Override</source>
        <translation>改写</translation>
    </message>
    <message>
        <source>The step stays visible as overridden, with your reason.</source>
        <translation>该步骤会显示为“已改写”，并保留您的理由。</translation>
    </message>
    <message>
        <source>Do this step later</source>
        <translation>稍后再做此步骤</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
    <message>
        <source>It comes again after the other steps.</source>
        <translation>其他步骤完成后会再次出现。</translation>
    </message>
    <message>
        <source>Do not approve</source>
        <translation>不批准</translation>
    </message>
    <message>
        <source>The requester sees your reason.</source>
        <translation>申请人会看到您的理由。</translation>
    </message>
    <message>
        <source>phone number</source>
        <translation>电话号码</translation>
    </message>
    <message>
        <source>postcode</source>
        <translation>邮政编码</translation>
    </message>
    <message>
        <source>address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>e-mail address</source>
        <translation>电子邮箱</translation>
    </message>
    <message>
        <source>name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>entry</source>
        <translation>信息</translation>
    </message>
</context>
<context>
    <name>CaseState</name>
    <message>
        <source>new</source>
        <translation>新个案</translation>
    </message>
    <message>
        <source>claimed</source>
        <translation>已认领</translation>
    </message>
    <message>
        <source>being diagnosed</source>
        <translation>排查中</translation>
    </message>
    <message>
        <source>waiting for the customer</source>
        <translation>等待客户</translation>
    </message>
    <message>
        <source>waiting for the provider</source>
        <translation>等待支付渠道</translation>
    </message>
    <message>
        <source>waiting for a technician</source>
        <translation>等待技术人员</translation>
    </message>
    <message>
        <source>waiting for approval</source>
        <translation>待审批</translation>
    </message>
    <message>
        <source>waiting for the next check</source>
        <translation>等待下次核查</translation>
    </message>
    <message>
        <source>action under way</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>being verified</source>
        <translation>核实中</translation>
    </message>
    <message>
        <source>resolved</source>
        <translation>已结案</translation>
    </message>
    <message>
        <source>escalated</source>
        <translation>已上报</translation>
    </message>
    <message>
        <source>false alarm</source>
        <translation>误报</translation>
    </message>
    <message>
        <source>reopened</source>
        <translation>已重新打开</translation>
    </message>
    <message>
        <source>not claimed</source>
        <translation>未认领</translation>
    </message>
</context>
<context>
    <name>CaseTabs</name>
    <message>
        <source>Keep note</source>
        <translation>保存备注</translation>
    </message>
    <message>
        <source>What the next person must know. No card numbers.</source>
        <translation>写下接手的人必须知道的事。不要写卡号。</translation>
    </message>
    <message>
        <source>New note</source>
        <translation>新备注</translation>
    </message>
    <message>
        <source>Records of the case</source>
        <translation>个案记录</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Ledger</source>
        <translation>台账</translation>
    </message>
    <message>
        <source>There is nothing to keep yet: write the note first.</source>
        <translation>还没有内容可保存：请先写备注。</translation>
    </message>
</context>
<context>
    <name>ClickKind</name>
    <message>
        <source>Claim the case</source>
        <translation>认领个案</translation>
    </message>
    <message>
        <source>Release the case</source>
        <translation>释放个案</translation>
    </message>
    <message>
        <source>Assign the case</source>
        <translation>指派个案</translation>
    </message>
    <message>
        <source>Reopen the case</source>
        <translation>重新打开个案</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Answer to the guide</source>
        <translation>指引步骤的答复</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>批准</translation>
    </message>
    <message>
        <source>Withdraw the request</source>
        <translation>撤回申请</translation>
    </message>
    <message>
        <source>Settle by hand</source>
        <translation>人工核实</translation>
    </message>
</context>
<context>
    <name>ClickState</name>
    <message>
        <source>waiting to be sent</source>
        <translation>待发送</translation>
    </message>
    <message>
        <source>sent, no answer yet</source>
        <translation>已发出，尚无应答</translation>
    </message>
    <message>
        <source>not taken by the gateway</source>
        <translation>网关未接受</translation>
    </message>
    <message>
        <source>too old: you decide</source>
        <translation>已超时，由您决定</translation>
    </message>
</context>
<context>
    <name>Column</name>
    <message>
        <source>Order</source>
        <translation>订单</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Shop says · money</source>
        <translation>商城状态 · 支付</translation>
    </message>
    <message>
        <source>At risk</source>
        <translation>涉及金额</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>已下单</translation>
    </message>
    <message>
        <source>Deadline</source>
        <translation>期限</translation>
    </message>
    <message>
        <source>Likely next step</source>
        <translation>建议的下一步</translation>
    </message>
    <message>
        <source>Claimed by</source>
        <translation>认领人</translation>
    </message>
</context>
<context>
    <name>Command</name>
    <message>
        <source>Open the case</source>
        <translation>打开个案</translation>
    </message>
    <message>
        <source>Back to the queue</source>
        <translation>返回队列</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Find a command or a case…</source>
        <translation>查找命令或个案…</translation>
    </message>
    <message>
        <source>Ask the gateway now</source>
        <translation>立即向网关查询</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Lock the desk</source>
        <translation>锁定工作台</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Claim or release</source>
        <translation>认领或释放</translation>
    </message>
    <message>
        <source>Assign the case…</source>
        <translation>指派个案…</translation>
    </message>
    <message>
        <source>Recheck shop and provider</source>
        <translation>重新核查商城和支付渠道</translation>
    </message>
    <message>
        <source>Complete the order</source>
        <translation>补单</translation>
    </message>
    <message>
        <source>Refund…</source>
        <translation>退款…</translation>
    </message>
    <message>
        <source>Tell: do not pay again, we are checking…</source>
        <translation>告知客户：请勿重复支付，正在核实…</translation>
    </message>
    <message>
        <source>Notify the customer…</source>
        <translation>通知客户…</translation>
    </message>
    <message>
        <source>Escalate…</source>
        <translation>上报…</translation>
    </message>
    <message>
        <source>Resolve…</source>
        <translation>结案…</translation>
    </message>
    <message>
        <source>Show contact data (logged)</source>
        <translation>显示联系方式（会留下记录）</translation>
    </message>
    <message>
        <source>Hand the case over…</source>
        <translation>交接个案…</translation>
    </message>
    <message>
        <source>Copy a link to the case</source>
        <translation>复制个案链接</translation>
    </message>
    <message>
        <source>Go to my cases</source>
        <translation>转到我的个案</translation>
    </message>
    <message>
        <source>Go to the team&apos;s cases</source>
        <translation>转到团队个案</translation>
    </message>
    <message>
        <source>Go to money without an order</source>
        <translation>转到有款无单</translation>
    </message>
    <message>
        <source>Go to waiting cases</source>
        <translation>转到等待中</translation>
    </message>
    <message>
        <source>Go to approvals</source>
        <translation>转到待审批</translation>
    </message>
    <message>
        <source>Go to resolved cases</source>
        <translation>转到已结案</translation>
    </message>
    <message>
        <source>Go to what is not sent yet</source>
        <translation>转到待发送</translation>
    </message>
    <message>
        <source>Go to the guide reference</source>
        <translation>转到排查手册</translation>
    </message>
    <message>
        <source>Go to settings</source>
        <translation>转到设置</translation>
    </message>
    <message>
        <source>Print the guide…</source>
        <translation>打印手册…</translation>
    </message>
    <message>
        <source>Save the guide as PDF…</source>
        <translation>将手册另存为 PDF…</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>全部按键</translation>
    </message>
    <message>
        <source>Change the keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Choose notices…</source>
        <translation>选择提醒…</translation>
    </message>
    <message>
        <source>Network test…</source>
        <translation>网络测试…</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>诊断信息…</translation>
    </message>
    <message>
        <source>About and licences</source>
        <translation>关于与许可证</translation>
    </message>
</context>
<context>
    <name>Conflict</name>
    <message>
        <source>One and the same event was reported with two different contents.</source>
        <translation>同一事件出现了两种不同的内容。</translation>
    </message>
    <message>
        <source>One source contradicts itself about this payment.</source>
        <translation>同一来源对这笔支付的说法前后矛盾。</translation>
    </message>
    <message>
        <source>The shop says that it was paid, the provider does not know of the money.</source>
        <translation>商城称已付款，支付渠道却查不到这笔钱。</translation>
    </message>
    <message>
        <source>The shop says that the payment failed, the provider has captured it.</source>
        <translation>商城称支付失败，支付渠道却已收款。</translation>
    </message>
    <message>
        <source>The shop says that it refunded, the provider has paid nothing back.</source>
        <translation>商城称已退款，支付渠道却没有退出任何款项。</translation>
    </message>
    <message>
        <source>Money moved, and no source says how much.</source>
        <translation>有款项变动，却没有任何来源说明金额。</translation>
    </message>
    <message>
        <source>One payment was reported in two currencies.</source>
        <translation>同一笔支付出现了两种币种。</translation>
    </message>
</context>
<context>
    <name>ConnectPage</name>
    <message>
        <source>Connect to your gateway</source>
        <translation>连接网关</translation>
    </message>
    <message>
        <source>&amp;Address of the gateway</source>
        <translation>网关地址(&amp;A)</translation>
    </message>
    <message>
        <source>Access &amp;token</source>
        <translation>访问令牌(&amp;T)</translation>
    </message>
    <message>
        <source>The gateway stands before your shops. Your team lead has its address and tells you how to sign in.</source>
        <translation>工作台通过网关连接各家店铺。网关地址和登录方式请向组长索取。</translation>
    </message>
    <message>
        <source>Or with an access &amp;token</source>
        <translation>或使用访问令牌(&amp;T)</translation>
    </message>
    <message>
        <source>What you need to go on is kept here encrypted; its key is in this computer&apos;s keyring.</source>
        <translation>继续工作所需的数据会加密保存在本机，密钥存放在本机的系统密钥环中。</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Waiting for the browser…</source>
        <translation>正在等待浏览器登录…</translation>
    </message>
    <message>
        <source>Sign in with your company account</source>
        <translation>用公司账号登录</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Open the guide</source>
        <translation>打开排查手册</translation>
    </message>
    <message>
        <source>The checklist and every cause; works without a gateway</source>
        <translation>排查清单和全部原因说明，无需连接网关即可查看</translation>
    </message>
</context>
<context>
    <name>CustomerMatch</name>
    <message>
        <source>paid by this customer</source>
        <translation>由本客户支付</translation>
    </message>
    <message>
        <source>paid by someone else</source>
        <translation>由他人支付</translation>
    </message>
    <message>
        <source>payer not known</source>
        <translation>付款人未知</translation>
    </message>
</context>
<context>
    <name>DeadlineKind</name>
    <message>
        <source>auto-cancel</source>
        <translation>自动取消</translation>
    </message>
    <message>
        <source>auto-refund</source>
        <translation>自动退款</translation>
    </message>
    <message>
        <source>reservation ends</source>
        <translation>预授权到期</translation>
    </message>
    <message>
        <source>late window closes</source>
        <translation>迟到窗口关闭</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>The settings could not be read and start anew; the old file is {file}.</source>
        <translation>设置文件无法读取，已恢复默认设置；原文件保留在 {file}。</translation>
    </message>
</context>
<context>
    <name>DeskWindow</name>
    <message>
        <source>Unreturned orders</source>
        <translation>未返回订单</translation>
    </message>
    <message>
        <source>{count} not sent yet</source>
        <translation>{count} 项待发送</translation>
    </message>
</context>
<context>
    <name>DiagnosticsSheet</name>
    <message>
        <source>Diagnostics</source>
        <translation>诊断信息</translation>
    </message>
    <message>
        <source>This is all that the file holds: no customer&apos;s data, no token, no password. It is saved on this computer only; you decide whom you give it to.</source>
        <translation>文件中只有以下内容：不含客户资料、令牌和密码。文件只保存在本机，给谁由您决定。</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Content of the file</source>
        <translation>文件内容</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Saved as {file}.</source>
        <translation>已保存为 {file}。</translation>
    </message>
</context>
<context>
    <name>Done</name>
    <message>
        <source>shop and provider were asked again.</source>
        <translation>已重新询问商城和支付渠道。</translation>
    </message>
    <message>
        <source>the shop has taken the payment in.</source>
        <translation>商城已记入这笔支付。</translation>
    </message>
    <message>
        <source>the order exists, and nothing was charged.</source>
        <translation>订单已生成，没有再次扣款。</translation>
    </message>
    <message>
        <source>captured once, and the order exists.</source>
        <translation>已扣款一次，订单已生成。</translation>
    </message>
    <message>
        <source>the reservation was released.</source>
        <translation>预授权已解除。</translation>
    </message>
    <message>
        <source>the provider has taken the refund in.</source>
        <translation>支付渠道已受理退款。</translation>
    </message>
    <message>
        <source>the entry was corrected.</source>
        <translation>信息已更正。</translation>
    </message>
    <message>
        <source>the message was handed over for delivery.</source>
        <translation>消息已交付发送。</translation>
    </message>
    <message>
        <source>the case was escalated.</source>
        <translation>个案已上报。</translation>
    </message>
    <message>
        <source>the case is resolved and watched for 72 hours.</source>
        <translation>个案已结案，继续监测 72 小时。</translation>
    </message>
</context>
<context>
    <name>Ended</name>
    <message>
        <source>withdrawn, never sent</source>
        <translation>已撤回，从未发送</translation>
    </message>
    <message>
        <source>not approved, never sent</source>
        <translation>未获批准，从未发送</translation>
    </message>
    <message>
        <source>confirmed by a person</source>
        <translation>人工确认已完成</translation>
    </message>
    <message>
        <source>found by a person: not done</source>
        <translation>人工核实：未执行</translation>
    </message>
</context>
<context>
    <name>Ending</name>
    <message>
        <source>{what}: withdrawn by {name}. It was never sent.</source>
        <translation>{what}：已由 {name} 撤回，从未发送。</translation>
    </message>
    <message>
        <source>{what}: not approved by {name}. It was never sent. Reason: “{reason}”</source>
        <translation>{what}：{name} 未批准，从未发送。原因：“{reason}”</translation>
    </message>
    <message>
        <source>Confirmed by a person: {what} was done.</source>
        <translation>人工确认：{what} 已完成。</translation>
    </message>
    <message>
        <source>{what}: a person found that it was not done. The order is free again.</source>
        <translation>{what}：人工核实并未执行，该订单可重新处理。</translation>
    </message>
</context>
<context>
    <name>Entrance</name>
    <message>
        <source>The key of what is kept here is in another keyring ({before}) than the one in use now ({now}). Put the old one back, or start anew: what was not sent yet would be lost.</source>
        <translation>本机数据的密钥存放在另一个密钥环（{before}）中，而当前使用的是 {now}。请恢复原来的密钥环，或重新开始：尚未发送的内容会丢失。</translation>
    </message>
    <message>
        <source>This computer&apos;s keyring is locked or does not answer. Unlock it, then try again; nothing is lost.</source>
        <translation>本机的密钥环已锁定或没有响应。请先解锁密钥环再重试，数据不会丢失。</translation>
    </message>
    <message>
        <source>What is kept on this computer opens with your passphrase.</source>
        <translation>请输入口令，打开保存在本机的数据。</translation>
    </message>
    <message>
        <source>Too many wrong passphrases. Try again in {seconds} s.</source>
        <translation>口令输错次数过多，请在 {seconds} 秒后重试。</translation>
    </message>
    <message>
        <source>That is not the passphrase. Try again.</source>
        <translation>口令不正确，请重新输入。</translation>
    </message>
    <message>
        <source>A passphrase has at least {least} characters. Several words are good.</source>
        <translation>口令至少要有 {least} 个字符，建议用几个词组成。</translation>
    </message>
    <message>
        <source>The key of what is kept here is gone, and nobody can open it without. You can start anew: what was not sent yet is lost.</source>
        <translation>本机数据的密钥已不存在，没有密钥谁也无法打开。您可以重新开始，但尚未发送的内容会丢失。</translation>
    </message>
    <message>
        <source>The key of what is kept here cannot be read or written. Try again; if it stays so, tell a technician.</source>
        <translation>无法读取或写入本机数据的密钥。请重试；如仍不行，请联系技术人员。</translation>
    </message>
    <message>
        <source>The sign-in was given up.</source>
        <translation>登录已取消。</translation>
    </message>
    <message>
        <source>Nobody came back from the browser. Sign in again.</source>
        <translation>未收到浏览器的登录结果，请重新登录。</translation>
    </message>
    <message>
        <source>Your company&apos;s sign-in said no ({said}). If it stays so, ask whoever gives out accounts.</source>
        <translation>公司登录系统拒绝了登录（{said}）。如仍不行，请联系账号管理员。</translation>
    </message>
    <message>
        <source>The sign-in was broken off, because it was not safe. Look at the gateway&apos;s address; if it is right, tell a technician: {detail}</source>
        <translation>登录不安全，已中止。请核对网关地址；如果地址无误，请把以下信息告知技术人员：{detail}</translation>
    </message>
    <message>
        <source>The sign-in came to nothing. Sign in again.</source>
        <translation>登录未完成，请重新登录。</translation>
    </message>
    <message>
        <source>Nothing of you is kept on this computer any more. Sign in to go on.</source>
        <translation>本机已不再保存您的任何数据，请登录后继续。</translation>
    </message>
    <message>
        <source>Your sign-in has ended. Sign in again; what you were writing is kept.</source>
        <translation>登录已失效，请重新登录；您正在写的内容已保存。</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>登录成功</translation>
    </message>
    <message>
        <source>You can close this window and go back to your desk.</source>
        <translation>您可以关闭此窗口，回到工作台。</translation>
    </message>
</context>
<context>
    <name>EventKind</name>
    <message>
        <source>Order submitted</source>
        <translation>订单已提交</translation>
    </message>
    <message>
        <source>Submission timed out</source>
        <translation>提交超时</translation>
    </message>
    <message>
        <source>Shop reports a stage</source>
        <translation>商城报告状态</translation>
    </message>
    <message>
        <source>Order confirmed</source>
        <translation>订单已确认</translation>
    </message>
    <message>
        <source>Order cancelled</source>
        <translation>订单已取消</translation>
    </message>
    <message>
        <source>Order expired</source>
        <translation>订单已过期</translation>
    </message>
    <message>
        <source>The shop refused an entry</source>
        <translation>商城拒绝了某项信息</translation>
    </message>
    <message>
        <source>Payment started</source>
        <translation>开始支付</translation>
    </message>
    <message>
        <source>Payment pending</source>
        <translation>支付处理中</translation>
    </message>
    <message>
        <source>Money reserved</source>
        <translation>款项已预授权</translation>
    </message>
    <message>
        <source>Money captured</source>
        <translation>已收款</translation>
    </message>
    <message>
        <source>Payment timed out</source>
        <translation>支付超时</translation>
    </message>
    <message>
        <source>Payment declined</source>
        <translation>支付被拒</translation>
    </message>
    <message>
        <source>Reservation released</source>
        <translation>预授权已解除</translation>
    </message>
    <message>
        <source>Payment disputed</source>
        <translation>支付有争议</translation>
    </message>
    <message>
        <source>Refund requested</source>
        <translation>已申请退款</translation>
    </message>
    <message>
        <source>Refund under way</source>
        <translation>退款处理中</translation>
    </message>
    <message>
        <source>Refund: outcome unknown</source>
        <translation>退款结果未知</translation>
    </message>
    <message>
        <source>Refund paid out</source>
        <translation>退款已到账</translation>
    </message>
    <message>
        <source>Refund failed</source>
        <translation>退款失败</translation>
    </message>
    <message>
        <source>Payment notice received</source>
        <translation>收到支付通知</translation>
    </message>
    <message>
        <source>Payment notice turned away</source>
        <translation>支付通知被拒收</translation>
    </message>
    <message>
        <source>Message sent to the customer</source>
        <translation>已向客户发送消息</translation>
    </message>
</context>
<context>
    <name>EvidenceKind</name>
    <message>
        <source>Order looked up</source>
        <translation>查询订单</translation>
    </message>
    <message>
        <source>Payments looked up</source>
        <translation>查询支付</translation>
    </message>
    <message>
        <source>Notices looked up</source>
        <translation>查询支付通知</translation>
    </message>
    <message>
        <source>Health checked</source>
        <translation>检查运行状况</translation>
    </message>
    <message>
        <source>Stock and delivery checked</source>
        <translation>检查库存与配送</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>陈述</translation>
    </message>
</context>
<context>
    <name>Family</name>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Network and payment</source>
        <translation>网络与支付</translation>
    </message>
    <message>
        <source>Customer&apos;s entry</source>
        <translation>用户操作</translation>
    </message>
    <message>
        <source>Permission</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>No fault</source>
        <translation>并非故障</translation>
    </message>
</context>
<context>
    <name>Fate</name>
    <message>
        <source>It was not done: the gateway never carried it out. After two minutes it is not sent without you. Look at the case; then send it or let it go.</source>
        <translation>没有执行：网关从未处理过它。超过两分钟后，未经您同意不会再发送。请先查看个案，再决定发送或放弃。</translation>
    </message>
    <message>
        <source>It may have been done: the gateway does not tell. Look at the case first. Sent again, it still happens once at most.</source>
        <translation>可能已经执行：网关无法告知结果。请先查看个案。再次发送也最多只会执行一次。</translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>This is not an address. It looks like https://gateway.example.com</source>
        <translation>这不是有效的地址，应形如 https://gateway.example.com</translation>
    </message>
    <message>
        <source>Another computer is reached by https only; http would send the token in the open.</source>
        <translation>连接其他电脑只能用 https；用 http 会使令牌明文传输。</translation>
    </message>
    <message>
        <source>This is no link to a case. One looks like agent-app://case/C000042</source>
        <translation>这不是个案链接。正确的链接形如 agent-app://case/C000042</translation>
    </message>
    <message>
        <source>The access token holds characters that no token has.</source>
        <translation>访问令牌含有不该出现的字符。</translation>
    </message>
    <message>
        <source>Nobody with this ID may work on this case. Nothing was done; look at how it is written, or ask an administrator.</source>
        <translation>没有使用此 ID 且可处理该个案的人，未作任何改动。请核对写法，或询问管理员。</translation>
    </message>
    <message>
        <source>The provider&apos;s books do not settle it. Nothing was done: name who was asked there, and the ticket.</source>
        <translation>支付渠道的账面不足以定论，未作任何改动。请写明问了渠道的谁以及工单号。</translation>
    </message>
</context>
<context>
    <name>FlagRule</name>
    <message>
        <source>The submission never came back from the shop</source>
        <translation>提交后商城一直没有返回</translation>
    </message>
    <message>
        <source>Submitted, and no payment was ever tried</source>
        <translation>已提交，但从未尝试支付</translation>
    </message>
    <message>
        <source>The payment has been running too long</source>
        <translation>支付进行的时间过长</translation>
    </message>
    <message>
        <source>Money captured, the order is not confirmed</source>
        <translation>已收款，订单未确认</translation>
    </message>
    <message>
        <source>Money captured, the shop has no order</source>
        <translation>已收款，商城没有订单</translation>
    </message>
    <message>
        <source>The shop says paid, the provider does not</source>
        <translation>商城称已付款，支付渠道不这么说</translation>
    </message>
    <message>
        <source>The customer paid more than once</source>
        <translation>客户不止一次付款</translation>
    </message>
    <message>
        <source>Money captured, the order was cancelled or expired</source>
        <translation>已收款，订单却已取消或过期</translation>
    </message>
    <message>
        <source>A refund has been under way too long</source>
        <translation>退款处理的时间过长</translation>
    </message>
    <message>
        <source>The platform will act by itself within half an hour</source>
        <translation>半小时内平台将自行处理</translation>
    </message>
</context>
<context>
    <name>Flagged</name>
    <message>
        <source>Not approved {days} days after the purchase; with {method} that is late in this shop</source>
        <translation>下单 {days} 天后仍未批准付款；在这家商城，{method}付款拖到这时已经偏晚</translation>
    </message>
    <message>
        <source>The shop promised to hand it over by {promised}; after {days} days such orders of this shop seldom arrive by themselves</source>
        <translation>商城承诺在 {promised} 前交付承运；这家商城的此类订单过了 {days} 天，很少还会自行恢复</translation>
    </message>
    <message>
        <source>Not handed over {days} days after the purchase; such orders of this shop seldom arrive by themselves</source>
        <translation>下单 {days} 天后仍未交付承运；这家商城的此类订单到这时，很少还会自行恢复</translation>
    </message>
</context>
<context>
    <name>Freshness</name>
    <message>
        <source>Cases: {count}</source>
        <translation>个案：{count}</translation>
    </message>
    <message>
        <source>No cases from the gateway yet</source>
        <translation>尚未从网关收到个案</translation>
    </message>
    <message>
        <source>not all yet: the others come once the gateway answers</source>
        <translation>尚未取全：网关恢复后继续获取其余个案</translation>
    </message>
    <message>
        <source>as of {time} · {ago}</source>
        <translation>截至 {time} · {ago}</translation>
    </message>
    <message>
        <source>synced {ago}</source>
        <translation>{ago}已同步</translation>
    </message>
    <message>
        <source>stopped at {done} of {total} cases</source>
        <translation>已获取 {done}/{total} 个个案，中断</translation>
    </message>
    <message>
        <source>fetching {done} of {total} cases</source>
        <translation>正在获取 {done}/{total} 个个案</translation>
    </message>
    <message>
        <source>The gateway cannot be reached since {since}.</source>
        <translation>自 {since} 起无法连接网关。</translation>
    </message>
    <message>
        <source>It is so since {since}.</source>
        <translation>自 {since} 起一直如此。</translation>
    </message>
    <message>
        <source>{time} ({length})</source>
        <translation>{time}（{length}）</translation>
    </message>
    <message>
        <source>What you see is from {time}, {ago}.</source>
        <translation>所见内容截至 {time}（{ago}）。</translation>
    </message>
    <message>
        <source>Go on: search the queue, read cases that were opened here before, claim, release, note, answer the guide. Money and contact data wait for the gateway.</source>
        <translation>您仍可继续：搜索队列、查看在此打开过的个案、认领、释放、写备注、按排查手册作答。涉及款项和联系方式的操作须等网关恢复。</translation>
    </message>
    <message>
        <source>Not sent yet: {count}; this is done by itself once it answers.</source>
        <translation>尚未发送：{count} 项，网关恢复后自动发送。</translation>
    </message>
    <message>
        <source>No cases on this computer yet</source>
        <translation>本机尚无个案</translation>
    </message>
    <message>
        <source>They come as soon as the gateway answers. The guide works without it ({key_go_guide}).</source>
        <translation>网关恢复后会立即获取。排查手册无需网关即可查阅（{key_go_guide}）。</translation>
    </message>
    <message>
        <source>Fetching cases…</source>
        <translation>正在获取个案…</translation>
    </message>
    <message>
        <source>No case matches your search</source>
        <translation>没有符合搜索条件的个案</translation>
    </message>
    <message>
        <source>Press Enter to ask the gateway, or Esc to clear it.</source>
        <translation>按回车向网关查询，按 Esc 清除。</translation>
    </message>
    <message>
        <source>The gateway cannot be asked now. Esc clears it.</source>
        <translation>目前无法向网关查询。按 Esc 清除。</translation>
    </message>
    <message>
        <source>Looked through the cases on this computer, as of {time}; the gateway cannot be asked now. Esc clears it.</source>
        <translation>已在本机个案中查找（截至 {time}）；目前无法向网关查询。按 Esc 清除。</translation>
    </message>
    <message>
        <source>So it was at {time}. The gateway cannot be reached: what is newer comes once it answers.</source>
        <translation>这是 {time} 的情况。目前无法连接网关，恢复后会显示更新的内容。</translation>
    </message>
</context>
<context>
    <name>Fulfilment</name>
    <message>
        <source>can be delivered</source>
        <translation>可以履行</translation>
    </message>
    <message>
        <source>cannot be delivered</source>
        <translation>无法履行</translation>
    </message>
    <message>
        <source>out of stock</source>
        <translation>缺货</translation>
    </message>
    <message>
        <source>no longer offered</source>
        <translation>已下架</translation>
    </message>
</context>
<context>
    <name>GuidePage</name>
    <message>
        <source>Guide reference</source>
        <translation>排查手册</translation>
    </message>
    <message>
        <source>Search steps, symptoms and causes</source>
        <translation>搜索步骤、现象和原因</translation>
    </message>
    <message>
        <source>Steps and causes</source>
        <translation>步骤与原因</translation>
    </message>
    <message>
        <source>The chosen step or cause</source>
        <translation>所选步骤或原因</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>PDF…</source>
        <translation>PDF…</translation>
    </message>
    <message>
        <source>Save the whole guide as PDF</source>
        <translation>将整本手册另存为 PDF</translation>
    </message>
    <message>
        <source>No step and no cause matches your search.</source>
        <translation>没有符合搜索条件的步骤或原因。</translation>
    </message>
    <message>
        <source>No guide is installed.</source>
        <translation>未安装排查手册。</translation>
    </message>
    <message>
        <source>What one sees</source>
        <translation>看到的现象</translation>
    </message>
    <message>
        <source>What speaks for it</source>
        <translation>支持的证据</translation>
    </message>
    <message>
        <source>What speaks against it</source>
        <translation>反对的证据</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>怎么处理</translation>
    </message>
    <message>
        <source>What to tell the customer</source>
        <translation>怎么对客户说</translation>
    </message>
    <message>
        <source>Who repairs it</source>
        <translation>由谁修复</translation>
    </message>
</context>
<context>
    <name>GuidePanel</name>
    <message>
        <source>Nothing is left to find out. Tell the customer ({key_notify}), then resolve ({key_resolve}).</source>
        <translation>已经查明。请通知客户（{key_notify}），然后结案（{key_resolve}）。</translation>
    </message>
    <message>
        <source>Nothing is left to find out. Recheck once more ({key_recheck}), then resolve ({key_resolve}).</source>
        <translation>已经查明。请再核查一次（{key_recheck}），然后结案（{key_resolve}）。</translation>
    </message>
    <message>
        <source>Nothing is left to find out. Resolve the case ({key_resolve}).</source>
        <translation>已经查明，可以结案（{key_resolve}）。</translation>
    </message>
    <message>
        <source>Other checks</source>
        <translation>其他检查</translation>
    </message>
    <message>
        <source>Say: “{words}”</source>
        <translation>对客户说：“{words}”</translation>
    </message>
    <message>
        <source>Recheck now</source>
        <translation>立即核查</translation>
    </message>
    <message>
        <source>Override…</source>
        <translation>改写结论…</translation>
    </message>
    <message>
        <source>Later…</source>
        <translation>稍后…</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>{done} of {all} steps known</source>
        <translation>已查明 {done} / {all} 步</translation>
    </message>
    <message>
        <source>No guide is installed. The action bar shows the remedy.</source>
        <translation>未安装排查手册。操作栏显示建议的处理。</translation>
    </message>
    <message>
        <source>Every step is answered. The action bar shows the remedy.</source>
        <translation>所有步骤都已有结论。操作栏显示建议的处理。</translation>
    </message>
</context>
<context>
    <name>GuidePrint</name>
    <message>
        <source>Version {version}. {steps} steps, {causes} causes.</source>
        <translation>版本 {version}。共 {steps} 个步骤、{causes} 种原因。</translation>
    </message>
    <message>
        <source>Save the guide as PDF</source>
        <translation>将手册另存为 PDF</translation>
    </message>
    <message>
        <source>The guide was saved as {file}.</source>
        <translation>手册已保存为 {file}。</translation>
    </message>
    <message>
        <source>The guide went to the printer {name}.</source>
        <translation>手册已发送到打印机 {name}。</translation>
    </message>
</context>
<context>
    <name>GuideText</name>
    <message>
        <source>The program looks this up</source>
        <translation>系统自动查询</translation>
    </message>
    <message>
        <source>Ask the customer</source>
        <translation>询问客户</translation>
    </message>
    <message>
        <source>Look it up yourself</source>
        <translation>自行核查</translation>
    </message>
    <message>
        <source>Checklist</source>
        <translation>排查清单</translation>
    </message>
    <message>
        <source>Step {number} of {all}</source>
        <translation>第 {number} 步，共 {all} 步</translation>
    </message>
    <message>
        <source>always needed</source>
        <translation>必查</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>为什么要查</translation>
    </message>
    <message>
        <source>Say to the customer</source>
        <translation>对客户这样说</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>可能的结果</translation>
    </message>
    <message>
        <source>Steps that point to it</source>
        <translation>指向此原因的步骤</translation>
    </message>
    <message>
        <source>points to</source>
        <translation>指向</translation>
    </message>
</context>
<context>
    <name>Handover</name>
    <message>
        <source>The hand-over was read.</source>
        <translation>交接说明已读。</translation>
    </message>
</context>
<context>
    <name>HandoverBar</name>
    <message>
        <source>Handed over by {name}, {ago}</source>
        <translation>{name} 的交接说明，{ago}</translation>
    </message>
    <message>
        <source>I have read it</source>
        <translation>我已看过</translation>
    </message>
</context>
<context>
    <name>HandoverSheet</name>
    <message>
        <source>Hand the case over</source>
        <translation>交接个案</translation>
    </message>
    <message>
        <source>It stands on top of the case until the next person has read it. No card numbers.</source>
        <translation>在下一位同事看过之前，说明一直显示在个案顶部。请勿填写卡号。</translation>
    </message>
    <message>
        <source>Release without a note</source>
        <translation>不写说明，直接释放</translation>
    </message>
    <message>
        <source>Keep the note and release</source>
        <translation>保存说明并释放</translation>
    </message>
    <message>
        <source>Keep the hand-over note</source>
        <translation>保存交接说明</translation>
    </message>
    <message>
        <source>{heading}: {text}</source>
        <translation>{heading}：{text}</translation>
    </message>
    <message>
        <source>Say what the next person must know.</source>
        <translation>请写明接手的同事需要知道什么。</translation>
    </message>
    <message>
        <source>The note is too long: {count} of {most} characters.</source>
        <translation>说明太长：{count} 字，最多 {most} 字。</translation>
    </message>
</context>
<context>
    <name>Health</name>
    <message>
        <source>shop and provider answer</source>
        <translation>商城和渠道均有应答</translation>
    </message>
    <message>
        <source>the shop does not answer</source>
        <translation>商城没有应答</translation>
    </message>
    <message>
        <source>the provider does not answer</source>
        <translation>渠道没有应答</translation>
    </message>
    <message>
        <source>neither the shop nor the provider answers</source>
        <translation>商城和渠道均无应答</translation>
    </message>
</context>
<context>
    <name>HealthSheet</name>
    <message>
        <source>Network test</source>
        <translation>网络测试</translation>
    </message>
    <message>
        <source>Test again</source>
        <translation>重新测试</translation>
    </message>
    <message>
        <source>Copy the result</source>
        <translation>复制结果</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>诊断信息…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>正在测试…</translation>
    </message>
    <message>
        <source>Testing: {part}…</source>
        <translation>正在测试：{part}…</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>环节</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Time (median)</source>
        <translation>用时（中位数）</translation>
    </message>
    <message>
        <source>In between: proxy {proxy}.</source>
        <translation>中间经过代理 {proxy}。</translation>
    </message>
</context>
<context>
    <name>KeyChoice</name>
    <message>
        <source>The two passphrases are not the same.</source>
        <translation>两次输入的口令不一致。</translation>
    </message>
    <message>
        <source>This computer has no safe keyring. What is kept here:</source>
        <translation>本机没有安全的密钥环。请选择在本机保存什么：</translation>
    </message>
    <message>
        <source>Nothing: only for as long as the desk runs</source>
        <translation>不保存：关闭工作台后即清空</translation>
    </message>
    <message>
        <source>Your work, encrypted with a passphrase</source>
        <translation>保存工作内容，用口令加密</translation>
    </message>
    <message>
        <source>New &amp;passphrase</source>
        <translation>新口令(&amp;P)</translation>
    </message>
    <message>
        <source>Passphrase a&amp;gain</source>
        <translation>再次输入口令(&amp;G)</translation>
    </message>
</context>
<context>
    <name>KeysSheet</name>
    <message>
        <source>Change the keys</source>
        <translation>更改快捷键</translation>
    </message>
    <message>
        <source>Choose a command, go to the field below and press its new key. Two keys one after the other are possible, as G, M.</source>
        <translation>先选一项操作，再到下面的输入框里按新的快捷键。也可以先后按两个键，如 G, M。</translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation>查找操作</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>操作及其快捷键</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>不设快捷键</translation>
    </message>
    <message>
        <source>Usual key</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>All keys as usual</source>
        <translation>全部恢复默认</translation>
    </message>
    <message>
        <source>Use these keys</source>
        <translation>使用这些快捷键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>{key} moves in lists, answers or types, and cannot be given away.</source>
        <translation>{key} 用于在列表中移动、回答问题或输入文字，不能改作他用。</translation>
    </message>
    <message>
        <source>{key} is the key of “{other}”. Give that another key first, or none.</source>
        <translation>{key} 已用于“{other}”。请先给该操作换一个快捷键，或不设快捷键。</translation>
    </message>
    <message>
        <source>New &amp;key of “{command}”</source>
        <translation>“{command}”的新快捷键(&amp;K)</translation>
    </message>
</context>
<context>
    <name>KnownPanel</name>
    <message>
        <source>What we know</source>
        <translation>已知情况</translation>
    </message>
    <message>
        <source>Shop says</source>
        <translation>商城</translation>
    </message>
    <message>
        <source>Provider says</source>
        <translation>支付渠道</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>In the queue because: {reasons}</source>
        <translation>进入队列的原因：{reasons}</translation>
    </message>
    <message>
        <source>never asked</source>
        <translation>从未询问</translation>
    </message>
    <message>
        <source>{age}, out of date</source>
        <translation>{age}，已过时</translation>
    </message>
    <message>
        <source>last look: the shop {said}</source>
        <translation>最近一次查询：商城{said}</translation>
    </message>
    <message>
        <source>since {time}</source>
        <translation>自 {time}</translation>
    </message>
    <message>
        <source>ended by the platform&apos;s timer</source>
        <translation>由平台定时器结束</translation>
    </message>
    <message>
        <source>last look: the provider {said}</source>
        <translation>最近一次查询：支付渠道{said}</translation>
    </message>
    <message>
        <source>payments: {count}</source>
        <translation>支付笔数：{count}</translation>
    </message>
    <message>
        <source>paid back, and not in the shop&apos;s books: {amount}</source>
        <translation>已退款，但商城账上没有记录：{amount}</translation>
    </message>
</context>
<context>
    <name>Level</name>
    <message>
        <source>Watched</source>
        <translation>观察</translation>
    </message>
    <message>
        <source>Flagged</source>
        <translation>已标记</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>紧急</translation>
    </message>
</context>
<context>
    <name>LockPage</name>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>&amp;Passphrase</source>
        <translation>口令(&amp;P)</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Start anew</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>What was not sent yet is lost</source>
        <translation>尚未发送的内容会丢失</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Forgets everything on this computer, drafts and unsent clicks</source>
        <translation>清除本机上的全部数据，包括草稿和尚未发送的操作</translation>
    </message>
    <message>
        <source>What you were writing is kept. Your passphrase opens it again.</source>
        <translation>您正在写的内容已保存，输入口令即可继续。</translation>
    </message>
    <message>
        <source>What you were writing is kept for as long as the desk runs. Nothing is on the disk, so whoever sits here can unlock it.</source>
        <translation>您正在写的内容会保留到工作台关闭为止。磁盘上没有保存任何数据，因此坐在这台电脑前的人都能解锁。</translation>
    </message>
    <message>
        <source>What you were writing is kept. This computer&apos;s keyring has the key and may ask for your password.</source>
        <translation>您正在写的内容已保存。密钥存放在本机的密钥环中，解锁时可能需要输入系统密码。</translation>
    </message>
</context>
<context>
    <name>Look</name>
    <message>
        <source>works</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>is down</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>did not answer</source>
        <translation>没有应答</translation>
    </message>
    <message>
        <source>does not show it to us</source>
        <translation>不向我们显示</translation>
    </message>
    <message>
        <source>refuses us access</source>
        <translation>拒绝我们访问</translation>
    </message>
    <message>
        <source>in its own words: “{words}”</source>
        <translation>原文：“{words}”</translation>
    </message>
</context>
<context>
    <name>Menu</name>
    <message>
        <source>&amp;Queue</source>
        <translation>队列(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Case</source>
        <translation>个案(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>MessageSheet</name>
    <message>
        <source>Notify the customer</source>
        <translation>通知客户</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Preparing the message…</source>
        <translation>正在生成消息…</translation>
    </message>
    <message>
        <source>No message is true of this case at the moment.</source>
        <translation>目前没有一条消息符合本个案的事实。</translation>
    </message>
</context>
<context>
    <name>MoneySheet</name>
    <message>
        <source>Payment</source>
        <translation>支付</translation>
    </message>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>For the ledger and for whoever approves it</source>
        <translation>写入台账，供审批人参考</translation>
    </message>
    <message>
        <source>Over your limit: a second person approves it before anything is sent.</source>
        <translation>超出您的额度：须由另一人审批后才会发送。</translation>
    </message>
    <message>
        <source>Say why: the ledger keeps the reason.</source>
        <translation>请写明理由，台账会保留。</translation>
    </message>
    <message>
        <source>At most {limit} may be moved here.</source>
        <translation>这里最多可操作 {limit}。</translation>
    </message>
    <message>
        <source>This is not an amount. Write it like {example}.</source>
        <translation>这不是有效的金额，请按 {example} 的格式填写。</translation>
    </message>
    <message>
        <source>Request refund of</source>
        <translation>申请退款</translation>
    </message>
    <message>
        <source>Captured</source>
        <translation>已收款</translation>
    </message>
    <message>
        <source>Refunded</source>
        <translation>已退款</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>Remaining</source>
        <translation>剩余</translation>
    </message>
</context>
<context>
    <name>NetworkRows</name>
    <message>
        <source>Proxy of the system</source>
        <translation>使用系统代理</translation>
    </message>
    <message>
        <source>No proxy</source>
        <translation>不用代理</translation>
    </message>
    <message>
        <source>This proxy:</source>
        <translation>指定代理：</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation>代理地址</translation>
    </message>
    <message>
        <source>Certificate of your company…</source>
        <translation>选择公司证书…</translation>
    </message>
    <message>
        <source>Without it</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>Holds from the next start on. Proxies by an automatic script (PAC) and SOCKS are not supported.</source>
        <translation>下次启动时生效。不支持自动配置脚本（PAC）和 SOCKS 代理。</translation>
    </message>
    <message>
        <source>This file holds no certificate that can be used. Ask IT for the certificate of your company&apos;s authority (PEM or DER).</source>
        <translation>此文件中没有可用的证书。请向 IT 索取公司根证书（PEM 或 DER 格式）。</translation>
    </message>
    <message>
        <source>A proxy&apos;s address with a password is not kept; leave the password out.</source>
        <translation>代理地址中不能包含密码，请去掉密码。</translation>
    </message>
    <message>
        <source>This is not the address of an http proxy, such as {example}.</source>
        <translation>这不是 http 代理的地址，应形如 {example}。</translation>
    </message>
</context>
<context>
    <name>NetworkTest</name>
    <message>
        <source>Look up the name</source>
        <translation>解析域名</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>建立连接</translation>
    </message>
    <message>
        <source>Encrypt (TLS)</source>
        <translation>加密（TLS）</translation>
    </message>
    <message>
        <source>Answer of the gateway</source>
        <translation>网关应答</translation>
    </message>
    <message>
        <source>Clock of this computer</source>
        <translation>本机时钟</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>登录状态</translation>
    </message>
    <message>
        <source>Live changes</source>
        <translation>实时更新</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>slow</source>
        <translation>慢</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>不通</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>未测试</translation>
    </message>
    <message>
        <source>Looking up the gateway&apos;s name is slow. Switch the VPN or the Wi-Fi off and on; if it stays slow, tell IT that the name service (DNS) is slow.</source>
        <translation>解析网关域名很慢。请断开再重连 VPN 或 Wi-Fi；仍然慢，就告诉 IT：域名解析（DNS）慢。</translation>
    </message>
    <message>
        <source>The way to the gateway is slow. Go nearer to the Wi-Fi or use a cable, and end downloads and video calls; if it stays slow, tell IT.</source>
        <translation>到网关的线路很慢。请靠近 Wi-Fi 或改用网线，并停掉下载和视频通话；仍然慢，请告诉 IT。</translation>
    </message>
    <message>
        <source>Encryption takes long. A virus scanner or a company proxy that looks into connections is the usual cause: tell IT.</source>
        <translation>建立加密连接用时过长，通常是杀毒软件或公司代理在检查连接：请告诉 IT。</translation>
    </message>
    <message>
        <source>Your network is fine, the gateway itself is slow. Nothing is wrong at your desk: tell your team lead.</source>
        <translation>您的网络正常，是网关本身慢。您这边没有问题，请告诉组长。</translation>
    </message>
    <message>
        <source>Your network is fine, the gateway answers slowly to signed-in people. Tell your team lead.</source>
        <translation>您的网络正常，但网关对已登录人员应答慢。请告诉组长。</translation>
    </message>
    <message>
        <source>Live changes come late. A proxy in between may hold them back: tell IT.</source>
        <translation>实时更新到得晚，可能被中间的代理拦住了：请告诉 IT。</translation>
    </message>
    <message>
        <source>The name {host} is not known here. Check the address in the settings; if it is right, connect the VPN or tell IT.</source>
        <translation>这里查不到域名 {host}。请核对设置中的地址；地址无误，就连接 VPN 或告诉 IT。</translation>
    </message>
    <message>
        <source>The name service (DNS) does not answer. Check cable, Wi-Fi and VPN; if other websites open, tell IT.</source>
        <translation>域名解析服务（DNS）没有应答。请检查网线、Wi-Fi 和 VPN；如果其他网站能打开，请告诉 IT。</translation>
    </message>
    <message>
        <source>{host} is there and takes no connection. Most likely the gateway is not running: tell your team lead.</source>
        <translation>{host} 在线，但不接受连接。网关很可能没有运行：请告诉组长。</translation>
    </message>
    <message>
        <source>No connection to {host} comes about. If other websites open, a firewall is in the way: tell IT. If not, check cable, Wi-Fi and VPN.</source>
        <translation>连不上 {host}。如果其他网站能打开，就是被防火墙挡住了，请告诉 IT；如果也打不开，请检查网线、Wi-Fi 和 VPN。</translation>
    </message>
    <message>
        <source>The proxy does not let this desk through. Check the proxy in the settings and tell IT.</source>
        <translation>代理不让工作台通过。请核对设置中的代理，并告诉 IT。</translation>
    </message>
    <message>
        <source>The certificate of {host} is not trusted. If your company looks into connections, choose its certificate file in the settings. Do not go on otherwise: somebody may be listening.</source>
        <translation>{host} 的证书不受信任。如果公司会检查连接，请在设置中选择公司的证书文件；否则请不要继续：可能有人在窃听。</translation>
    </message>
    <message>
        <source>No encrypted connection to {host} comes about. Something else may be at this address, or something in between breaks encryption: tell IT.</source>
        <translation>无法与 {host} 建立加密连接。这个地址上可能是别的服务，也可能是中间设备破坏了加密：请告诉 IT。</translation>
    </message>
    <message>
        <source>The connection stands and the gateway says nothing. Your network is most likely fine: tell your team lead.</source>
        <translation>已连上网关，但网关没有应答。您的网络很可能正常，请告诉组长。</translation>
    </message>
    <message>
        <source>The connection breaks off. Change from Wi-Fi to a cable or switch the VPN off and on; if it stays so, tell IT.</source>
        <translation>连接中断。请从 Wi-Fi 换成网线，或断开再重连 VPN；仍然如此，请告诉 IT。</translation>
    </message>
    <message>
        <source>Something other than the gateway answers at {host}. Check the address; in a public network sign in to it with the browser first.</source>
        <translation>在 {host} 应答的不是网关。请核对地址；如果用的是公共网络，请先在浏览器中登录该网络。</translation>
    </message>
    <message>
        <source>Your network is fine, the gateway answers with an error. Tell your team lead.</source>
        <translation>您的网络正常，网关应答出错。请告诉组长。</translation>
    </message>
    <message>
        <source>The clock of this computer is {seconds} s off. Have it set by the network, or sign-in may fail.</source>
        <translation>本机时钟相差 {seconds} 秒。请设为自动校时，否则可能无法登录。</translation>
    </message>
    <message>
        <source>The network is fine, your sign-in is no longer valid. Sign in again.</source>
        <translation>网络正常，但登录已失效，请重新登录。</translation>
    </message>
    <message>
        <source>Live changes do not get through; the desk asks every few seconds instead. Tell IT that event streams (text/event-stream) must pass at once.</source>
        <translation>实时更新传不过来，工作台改为每隔几秒查询一次。请告诉 IT：事件流（text/event-stream）须即时放行。</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>不准</translation>
    </message>
    <message>
        <source>no longer valid</source>
        <translation>已失效</translation>
    </message>
    <message>
        <source>sometimes broken</source>
        <translation>时通时断</translation>
    </message>
    <message>
        <source>The way to the gateway is fine.</source>
        <translation>到网关的网络正常。</translation>
    </message>
    <message>
        <source>{time} ({ratio} × the last good test)</source>
        <translation>{time}（上次正常时的 {ratio} 倍）</translation>
    </message>
    <message>
        <source>by the proxy {proxy}</source>
        <translation>经代理 {proxy}</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Close this notice</source>
        <translation>关闭此提示</translation>
    </message>
</context>
<context>
    <name>NoticeSheet</name>
    <message>
        <source>Notices</source>
        <translation>提醒</translation>
    </message>
    <message>
        <source>Told while you work in another window. A notice says how many cases, never which or whose.</source>
        <translation>您在使用其他窗口时提醒。提醒只说明有几个个案，不会说明是哪个个案、哪位客户。</translation>
    </message>
    <message>
        <source>Tell me these</source>
        <translation>按此提醒</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>The sign-in has ended. Sign in again.</source>
        <translation>登录已失效，请重新登录。</translation>
    </message>
    <message>
        <source>Cases of yours with a deadline in under 5 minutes: {count}.</source>
        <translation>您有 {count} 个个案将在 5 分钟内到期。</translation>
    </message>
    <message>
        <source>New requests for approval: {count}.</source>
        <translation>有 {count} 个新的审批请求。</translation>
    </message>
    <message>
        <source>New cases assigned to you: {count}.</source>
        <translation>有 {count} 个新个案指派给您。</translation>
    </message>
    <message>
        <source>The sign-in has ended</source>
        <translation>登录已失效</translation>
    </message>
    <message>
        <source>A case of mine has under 5 minutes left</source>
        <translation>我的个案不到 5 分钟就要到期</translation>
    </message>
    <message>
        <source>Somebody asks for an approval</source>
        <translation>有人提交审批请求</translation>
    </message>
    <message>
        <source>A case is assigned to me</source>
        <translation>有个案指派给我</translation>
    </message>
</context>
<context>
    <name>OutboxPage</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>订单</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Not sent yet</source>
        <translation>待发送</translation>
    </message>
    <message>
        <source>Open the case</source>
        <translation>打开个案</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>复制文字</translation>
    </message>
    <message>
        <source>Let it go</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Everything has been sent</source>
        <translation>全部已发送</translation>
    </message>
    <message>
        <source>What you do while the gateway is away waits here, and is not lost.</source>
        <translation>网关连不上时您做的操作会在这里等待，不会丢失。</translation>
    </message>
    <message>
        <source>Send it now</source>
        <translation>现在发送</translation>
    </message>
    <message>
        <source>Do it again</source>
        <translation>重新提交</translation>
    </message>
    <message>
        <source>The case now: {state}</source>
        <translation>个案现状：{state}</translation>
    </message>
</context>
<context>
    <name>OwnKeys</name>
    <message>
        <source>The keys in the settings file cannot be used together. The usual keys act; choose yours again under Help, Change the keys.</source>
        <translation>设置文件里的快捷键互相冲突或无法识别，现已使用默认快捷键。请在“帮助”菜单的“更改快捷键”中重新设置。</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Find a command or a case</source>
        <translation>查找命令或个案</translation>
    </message>
    <message>
        <source>A command, a screen or an order</source>
        <translation>输入命令、页面或订单号</translation>
    </message>
    <message>
        <source>What goes with it</source>
        <translation>匹配结果</translation>
    </message>
    <message>
        <source>Nothing goes by that name. Enter looks for it in the queue.</source>
        <translation>没有匹配的命令或个案。按回车在队列中查找。</translation>
    </message>
</context>
<context>
    <name>PassphraseSheet</name>
    <message>
        <source>Change the passphrase</source>
        <translation>更改口令</translation>
    </message>
    <message>
        <source>What is kept on this computer stays as it is. Nobody can recover a passphrase.</source>
        <translation>本机保存的内容不变。口令一旦忘记，谁也无法找回。</translation>
    </message>
    <message>
        <source>Passphrase &amp;until now</source>
        <translation>原口令(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;New passphrase</source>
        <translation>新口令(&amp;N)</translation>
    </message>
    <message>
        <source>New passphrase a&amp;gain</source>
        <translation>再输一次新口令(&amp;G)</translation>
    </message>
    <message>
        <source>From now on the new passphrase opens it, and no other.</source>
        <translation>口令已更改，今后只能用新口令打开。</translation>
    </message>
    <message>
        <source>Type the passphrase you have used so far.</source>
        <translation>请输入现在使用的口令。</translation>
    </message>
    <message>
        <source>The two new passphrases are not the same.</source>
        <translation>两次输入的新口令不一致。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Changing…</source>
        <translation>正在更改…</translation>
    </message>
</context>
<context>
    <name>PaymentMethod</name>
    <message>
        <source>credit card</source>
        <translation>信用卡</translation>
    </message>
    <message>
        <source>debit card</source>
        <translation>借记卡</translation>
    </message>
    <message>
        <source>wallet</source>
        <translation>电子钱包</translation>
    </message>
    <message>
        <source>bank transfer</source>
        <translation>银行转账</translation>
    </message>
    <message>
        <source>payment slip</source>
        <translation>缴费单</translation>
    </message>
    <message>
        <source>store credit</source>
        <translation>商城余额</translation>
    </message>
    <message>
        <source>payment method not known</source>
        <translation>支付方式未知</translation>
    </message>
</context>
<context>
    <name>Phase</name>
    <message>
        <source>{what}: sending…</source>
        <translation>{what}：正在发送…</translation>
    </message>
    <message>
        <source>{what}: the gateway&apos;s answer was lost. It may or may not have gone through. We are asking; do not send it again.</source>
        <translation>{what}：网关的应答丢失，可能已成功，也可能没有。正在查询，请勿再次发送。</translation>
    </message>
    <message>
        <source>{what}: waiting for a second person&apos;s approval. Nothing was sent yet.</source>
        <translation>{what}：等待另一人审批，尚未发送。</translation>
    </message>
    <message>
        <source>{what}: recorded, about to be sent…</source>
        <translation>{what}：已登记，即将发送…</translation>
    </message>
    <message>
        <source>{what}: sent, outcome unknown. We are checking; do not send it again.</source>
        <translation>{what}：已发送，结果未知，正在核实，请勿再次发送。</translation>
    </message>
    <message>
        <source>{what}: accepted. Checking in the books of shop and provider…</source>
        <translation>{what}：已受理，正在核对商城和支付渠道的账目…</translation>
    </message>
    <message>
        <source>{what}: rejected. Nothing was done.</source>
        <translation>{what}：被拒绝，未执行任何操作。</translation>
    </message>
    <message>
        <source>{what}: not approved. It was never sent.</source>
        <translation>{what}：未获批准，从未发送。</translation>
    </message>
    <message>
        <source>{what}: the outcome could not be found out. Someone must ask the provider; do not send it again.</source>
        <translation>{what}：结果无法查明，须有人向支付渠道核实；请勿重复发送。</translation>
    </message>
    <message>
        <source>Confirmed: {done}</source>
        <translation>已确认：{done}</translation>
    </message>
    <message>
        <source>{what}: the gateway did not answer in time. “Not sent yet” shows what is known; nothing more is sent until you decide there.</source>
        <translation>{what}：网关未及时应答。“待发送”中列出已知情况；在您决定之前不会再发送。</translation>
    </message>
</context>
<context>
    <name>Place</name>
    <message>
        <source>Mine</source>
        <translation>我的</translation>
    </message>
    <message>
        <source>Team</source>
        <translation>团队</translation>
    </message>
    <message>
        <source>Money without an order</source>
        <translation>有款无单</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Approvals</source>
        <translation>待审批</translation>
    </message>
    <message>
        <source>Resolved</source>
        <translation>已结案</translation>
    </message>
    <message>
        <source>Not sent yet</source>
        <translation>待发送</translation>
    </message>
    <message>
        <source>Guide reference</source>
        <translation>排查手册</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>No order</source>
        <translation>有款无单</translation>
    </message>
    <message>
        <source>Unsent</source>
        <translation>待发送</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>手册</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>待审批</translation>
    </message>
</context>
<context>
    <name>Problem</name>
    <message>
        <source>The gateway cannot be reached. Nothing was sent; the desk reconnects by itself.</source>
        <translation>连不上网关。没有发送任何内容，会自动重连。</translation>
    </message>
    <message>
        <source>The gateway did not answer. It may or may not have gone through: look at the ledger of the case before you do anything else.</source>
        <translation>网关没有应答。可能已成功，也可能没有：先看个案的台账，再做其他操作。</translation>
    </message>
    <message>
        <source>This gateway speaks version {theirs}, this desk knows version {ours}. Install the desk that goes with it.</source>
        <translation>该网关使用 {theirs} 版接口，本程序只支持 {ours} 版。请安装与之配套的版本。</translation>
    </message>
    <message>
        <source>The gateway&apos;s answer could not be used. Nothing was changed; try again in a moment.</source>
        <translation>网关的应答无法使用。没有任何改动，请稍后再试。</translation>
    </message>
    <message>
        <source>The access token was refused. Ask your team lead for a new one.</source>
        <translation>访问令牌被拒绝，请向组长申请新的令牌。</translation>
    </message>
    <message>
        <source>Your role may not {scope}. Nothing was done. Ask: {roles}.</source>
        <translation>您的角色不能{scope}。没有执行任何操作。请找：{roles}。</translation>
    </message>
    <message>
        <source>This is not there, or not shown to your account. Nothing was done.</source>
        <translation>找不到，或您的账号无权查看。没有执行任何操作。</translation>
    </message>
    <message>
        <source>The gateway locks this: {why}. Nothing was done.</source>
        <translation>网关锁定了此操作：{why}。没有执行任何操作。</translation>
    </message>
    <message>
        <source>The case has changed meanwhile. Nothing was done; read it again.</source>
        <translation>个案在此期间已有变化。没有执行任何操作，请重新查看。</translation>
    </message>
    <message>
        <source>Too many requests at once. Nothing was done; try again in a moment.</source>
        <translation>请求过于频繁。没有执行任何操作，请稍后再试。</translation>
    </message>
    <message>
        <source>The shop did not answer. What is shown is as old as it says; try again.</source>
        <translation>商城没有应答。显示的内容以所注时间为准，请重试。</translation>
    </message>
    <message>
        <source>The gateway did not take this: {detail}</source>
        <translation>网关没有接受：{detail}</translation>
    </message>
    <message>
        <source>The gateway cannot work at the moment. Nothing was changed; the desk asks again by itself. If it stays so, tell a technician.</source>
        <translation>网关暂时无法工作，未作任何改动；工作台会自动重试。若一直如此，请通知技术人员。</translation>
    </message>
    <message>
        <source>{name} is working on this case. Ask {name} for it, or take another.</source>
        <translation>{name} 正在处理此个案。请向 {name} 要，或改做其他个案。</translation>
    </message>
    <message>
        <source>{name} was first. Nothing more was done; the case is shown as it is now.</source>
        <translation>{name} 已抢先一步，未再作任何改动；现显示个案的最新状态。</translation>
    </message>
    <message>
        <source>You asked for this or approved it: a second person decides. Nothing was done. Ask: {roles}.</source>
        <translation>申请或审批的人就是您，须由另一人决定。未作任何改动。请找：{roles}。</translation>
    </message>
    <message>
        <source>This is over the limit of your role. Nothing was done. Ask: {roles}.</source>
        <translation>超出您角色的额度，未作任何改动。请找：{roles}。</translation>
    </message>
    <message>
        <source>This gateway is older than the desk and does not know this yet. Nothing was done.</source>
        <translation>此网关的版本比工作台旧，还不支持该操作。未作任何改动。</translation>
    </message>
    <message>
        <source>This is longer than the gateway takes. Nothing was done; shorten it.</source>
        <translation>内容超出网关允许的长度，未作任何改动。请缩短。</translation>
    </message>
    <message>
        <source>This could not be written on this computer: {detail}</source>
        <translation>无法写入本机：{detail}</translation>
    </message>
    <message>
        <source>The disk of this computer is full. This was not kept and not sent; make room, then do it again.</source>
        <translation>本机磁盘已满，未保存也未发送。请先腾出空间，再重新操作。</translation>
    </message>
    <message>
        <source>What this desk keeps on the computer cannot be read or written. This was not kept and not sent; start the desk again, and tell a technician if it stays so.</source>
        <translation>本机保存的数据无法读写，未保存也未发送。请重新启动本程序；如仍不行，请通知技术人员。</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Search cases</source>
        <translation>搜索个案</translation>
    </message>
    <message>
        <source>Search order, customer, shop ({key_search})</source>
        <translation>搜索订单、客户、商城（{key_search}）</translation>
    </message>
    <message>
        <source>Search ({key_search})</source>
        <translation>搜索（{key_search}）</translation>
    </message>
    <message>
        <source>An unreturned order was submitted or paid by the customer and never confirmed by the shop. It has nothing to do with goods sent back.</source>
        <translation>未返回订单（掉单）：客户已提交或付款，商城却始终没有确认的订单。与退货无关。</translation>
    </message>
    <message>
        <source>The provider holds the customer&apos;s money, and the shop has no order for it.</source>
        <translation>支付渠道已收到客户的钱，商城却没有对应的订单。</translation>
    </message>
    <message>
        <source>You have claimed no case</source>
        <translation>您还没有认领个案</translation>
    </message>
    <message>
        <source>Go to the team&apos;s queue ({key_go_team}) and claim one ({key_claim}).</source>
        <translation>转到团队队列（{key_go_team}），认领一个（{key_claim}）。</translation>
    </message>
    <message>
        <source>No money without an order</source>
        <translation>没有“有款无单”</translation>
    </message>
    <message>
        <source>Every captured payment has its order.</source>
        <translation>每笔已收款项都有对应的订单。</translation>
    </message>
    <message>
        <source>Nothing is waiting</source>
        <translation>没有等待中的个案</translation>
    </message>
    <message>
        <source>Cases that wait for someone or for the next check stand here.</source>
        <translation>等待他人或等待下次核查的个案会列在这里。</translation>
    </message>
    <message>
        <source>Nothing to approve</source>
        <translation>没有待审批的申请</translation>
    </message>
    <message>
        <source>Refunds that need a second person appear here by themselves.</source>
        <translation>需要第二人审批的退款会自动出现在这里。</translation>
    </message>
    <message>
        <source>No resolved cases yet</source>
        <translation>还没有已结案的个案</translation>
    </message>
    <message>
        <source>Resolved cases stay here and are watched for 72 hours.</source>
        <translation>结案后的个案列在这里，并继续监测 72 小时。</translation>
    </message>
    <message>
        <source>No unreturned orders</source>
        <translation>没有未返回订单</translation>
    </message>
    <message>
        <source>Every order has come back. New ones appear here by themselves.</source>
        <translation>所有订单都已返回。新的会自动出现在这里。</translation>
    </message>
</context>
<context>
    <name>ReasonSheet</name>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Write a few words: the case keeps them.</source>
        <translation>请写几个字，个案会保留。</translation>
    </message>
</context>
<context>
    <name>RefundState</name>
    <message>
        <source>requested</source>
        <translation>已申请</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>outcome unknown</source>
        <translation>结果未知</translation>
    </message>
    <message>
        <source>paid out</source>
        <translation>已到账</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>RemedyWhy</name>
    <message>
        <source>The shop does not show us this order. That is not the same as having none: someone with more rights must look.</source>
        <translation>商城不向我们显示此订单。看不到不等于不存在，须由权限更高的人查看。</translation>
    </message>
    <message>
        <source>Shop and provider contradict each other. Nothing may be done with the money.</source>
        <translation>商城与支付渠道的说法互相矛盾，款项一律不得操作。</translation>
    </message>
    <message>
        <source>Someone other than this customer paid. Finance must look at it.</source>
        <translation>付款的不是本客户，须由财务核查。</translation>
    </message>
    <message>
        <source>The money captured is not the order&apos;s amount. Finance must look at it.</source>
        <translation>收到的款项与订单金额不符，须由财务核查。</translation>
    </message>
    <message>
        <source>The platform is already paying the money back by itself.</source>
        <translation>平台正在自行退款。</translation>
    </message>
    <message>
        <source>A refund is under way. Ask for its outcome; never start a second one.</source>
        <translation>退款处理中。只查询结果，绝不再次发起。</translation>
    </message>
    <message>
        <source>The refund waits for a second person. Nothing was sent yet.</source>
        <translation>退款等待另一人审批，尚未发出。</translation>
    </message>
    <message>
        <source>Nobody can say yet what happened to the money. Ask again.</source>
        <translation>目前无人能确定款项的去向，请再次核查。</translation>
    </message>
    <message>
        <source>The customer paid more than once. Keep one payment, refund the surplus.</source>
        <translation>客户不止一次付款。保留一笔，退还多付的部分。</translation>
    </message>
    <message>
        <source>The money was captured, and the shop has no order. Complete it.</source>
        <translation>已收款，商城没有订单。请补单。</translation>
    </message>
    <message>
        <source>The money was captured, and the order cannot be delivered. Refund it.</source>
        <translation>已收款，订单无法履行。请退款。</translation>
    </message>
    <message>
        <source>The money must go back, and the shop cannot pay it back: it stands in none of its orders. Escalate, to have it refunded at the payment provider.</source>
        <translation>款项应当退回，但它不在商城的任何订单里，商城无法退款。请上报，由支付渠道退款。</translation>
    </message>
    <message>
        <source>The money was captured, and the shop does not know of it yet.</source>
        <translation>已收款，商城还不知道。</translation>
    </message>
    <message>
        <source>The money was captured, and the order was ended. Bring it back.</source>
        <translation>已收款，订单却已终止。请恢复订单。</translation>
    </message>
    <message>
        <source>Beside the payment a second reservation stands. Release it.</source>
        <translation>除已付款项外，还有一笔预授权未解除。请解除。</translation>
    </message>
    <message>
        <source>The money is reserved and not captured. Capture it and complete the order.</source>
        <translation>款项只是预授权，尚未收款。请扣款并补单。</translation>
    </message>
    <message>
        <source>The money is reserved, and the order will not be delivered. Release it.</source>
        <translation>款项已预授权，订单不再履行。请解除预授权。</translation>
    </message>
    <message>
        <source>The shop refused an entry of the customer. Have it corrected.</source>
        <translation>商城拒绝了客户填写的某项信息。请更正。</translation>
    </message>
    <message>
        <source>No money was taken. Tell the customer that he may pay again.</source>
        <translation>没有收到任何款项。请告知客户可以重新支付。</translation>
    </message>
    <message>
        <source>The money was paid back in full.</source>
        <translation>款项已全部退还。</translation>
    </message>
    <message>
        <source>The order is confirmed and paid once. Nothing is left to repair.</source>
        <translation>订单已确认，且只付款一次。无须再处理。</translation>
    </message>
    <message>
        <source>The payment is disputed at the provider. Finance must look at it.</source>
        <translation>支付渠道上这笔支付存在争议，须由财务核查。</translation>
    </message>
</context>
<context>
    <name>Rescue</name>
    <message>
        <source>What this computer kept was damaged and is made anew.</source>
        <translation>本机保存的数据已损坏，现已重建。</translation>
    </message>
    <message>
        <source>Saved, and still to be sent: {count}.</source>
        <translation>已找回并等待发送：{count} 项。</translation>
    </message>
    <message>
        <source>Whether more waited to be sent cannot be told: look at the cases that you worked on last.</source>
        <translation>是否还有其他未发送的内容已无法确定：请查看您最近处理的个案。</translation>
    </message>
    <message>
        <source>Not sent and lost: {count}. Look at the cases that you worked on last, and do it again.</source>
        <translation>未发送且已丢失：{count} 项。请查看您最近处理的个案并重新操作。</translation>
    </message>
    <message>
        <source>Nothing that waited to be sent is lost.</source>
        <translation>等待发送的内容没有丢失。</translation>
    </message>
</context>
<context>
    <name>Role</name>
    <message>
        <source>agent</source>
        <translation>坐席</translation>
    </message>
    <message>
        <source>senior agent</source>
        <translation>资深坐席</translation>
    </message>
    <message>
        <source>team lead</source>
        <translation>组长</translation>
    </message>
    <message>
        <source>finance</source>
        <translation>财务</translation>
    </message>
    <message>
        <source>technician</source>
        <translation>技术人员</translation>
    </message>
    <message>
        <source>auditor</source>
        <translation>审计员</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>管理员</translation>
    </message>
</context>
<context>
    <name>Scope</name>
    <message>
        <source>see one&apos;s own cases</source>
        <translation>查看自己的个案</translation>
    </message>
    <message>
        <source>see the team&apos;s cases</source>
        <translation>查看团队的个案</translation>
    </message>
    <message>
        <source>see the cases of all teams</source>
        <translation>查看所有团队的个案</translation>
    </message>
    <message>
        <source>claim cases</source>
        <translation>认领个案</translation>
    </message>
    <message>
        <source>reassign cases</source>
        <translation>转派个案</translation>
    </message>
    <message>
        <source>see payments</source>
        <translation>查看支付</translation>
    </message>
    <message>
        <source>recheck orders</source>
        <translation>核查订单</translation>
    </message>
    <message>
        <source>complete orders</source>
        <translation>补单</translation>
    </message>
    <message>
        <source>cancel orders</source>
        <translation>取消订单</translation>
    </message>
    <message>
        <source>correct entries of orders</source>
        <translation>更正订单信息</translation>
    </message>
    <message>
        <source>request refunds</source>
        <translation>申请退款</translation>
    </message>
    <message>
        <source>approve refunds</source>
        <translation>审批退款</translation>
    </message>
    <message>
        <source>refund</source>
        <translation>退款</translation>
    </message>
    <message>
        <source>write to customers</source>
        <translation>向客户发消息</translation>
    </message>
    <message>
        <source>escalate cases</source>
        <translation>上报个案</translation>
    </message>
    <message>
        <source>resolve cases</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>see contact data</source>
        <translation>查看联系方式</translation>
    </message>
    <message>
        <source>edit the guide</source>
        <translation>编辑排查手册</translation>
    </message>
    <message>
        <source>edit the rules</source>
        <translation>编辑规则</translation>
    </message>
    <message>
        <source>declare incidents</source>
        <translation>宣布事件</translation>
    </message>
    <message>
        <source>read the audit log</source>
        <translation>查看审计日志</translation>
    </message>
    <message>
        <source>edit connections</source>
        <translation>编辑连接</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Habits</source>
        <translation>使用习惯</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Gateway</source>
        <translation>网关</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>当前登录</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Single letters act in lists and on the case page</source>
        <translation>在列表和个案页上使用单字母按键</translation>
    </message>
    <message>
        <source>Change the keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Choose notices…</source>
        <translation>选择提醒…</translation>
    </message>
    <message>
        <source>Sign out and connect elsewhere</source>
        <translation>退出登录，连接其他网关</translation>
    </message>
    <message>
        <source>Change the passphrase…</source>
        <translation>更改口令…</translation>
    </message>
    <message>
        <source>Only when I lock it ({key_lock})</source>
        <translation>仅在我手动锁定时（{key_lock}）</translation>
    </message>
    <message>
        <source>After {minutes} min without a key or a click</source>
        <translation>{minutes} 分钟没有按键或点击后</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>无人</translation>
    </message>
    <message>
        <source>{name}, {role}; gateway version {version}</source>
        <translation>{name}，{role}；网关版本 {version}</translation>
    </message>
</context>
<context>
    <name>SettleSheet</name>
    <message>
        <source>Settle by hand: {what}</source>
        <translation>人工核实：{what}</translation>
    </message>
    <message>
        <source>It was &amp;done</source>
        <translation>已执行(&amp;D)</translation>
    </message>
    <message>
        <source>It was &amp;not done</source>
        <translation>未执行(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Reason</source>
        <translation>原因(&amp;R)</translation>
    </message>
    <message>
        <source>What was checked, and with whom; the case keeps it</source>
        <translation>核实了什么、向谁核实的；会留在个案里</translation>
    </message>
    <message>
        <source>{what} by {name}, {when}. Reason: “{reason}”</source>
        <translation>{what}，{name}，{when}。原因：“{reason}”</translation>
    </message>
    <message>
        <source>Asked for</source>
        <translation>申请</translation>
    </message>
    <message>
        <source>{when}, {count} times in all</source>
        <translation>{when}，共 {count} 次</translation>
    </message>
    <message>
        <source>Last sent</source>
        <translation>最后发送</translation>
    </message>
    <message>
        <source>Provider says</source>
        <translation>支付渠道</translation>
    </message>
    <message>
        <source>Shop says</source>
        <translation>商城</translation>
    </message>
    <message>
        <source>“{words}”</source>
        <translation>原文：“{words}”</translation>
    </message>
    <message>
        <source>Given up because</source>
        <translation>停止原因</translation>
    </message>
    <message>
        <source>Name the proof: the provider&apos;s number, or the ticket.</source>
        <translation>请写明凭据：支付渠道的单号或工单号。</translation>
    </message>
    <message>
        <source>Say what was checked, and with whom.</source>
        <translation>请写明核实了什么、向谁核实的。</translation>
    </message>
    <message>
        <source>It counts as carried out; the same money is never sent again.</source>
        <translation>视为已完成，这笔钱不会再次发送。</translation>
    </message>
    <message>
        <source>&amp;Provider&apos;s number of it</source>
        <translation>支付渠道单号(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Ticket at the provider</source>
        <translation>支付渠道工单号(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Ticket at the provider (if there is one)</source>
        <translation>支付渠道工单号（如有）(&amp;T)</translation>
    </message>
    <message>
        <source>Possible at {at} ({left} left): until then what was sent may still be applied.</source>
        <translation>{at} 起可选（还剩 {left}）：在此之前，已发送的请求仍可能生效。</translation>
    </message>
    <message>
        <source>Frees the order: {what} may be asked for again, and would be sent.</source>
        <translation>解除该订单的锁定：{what} 可再次申请，并会真正发送。</translation>
    </message>
    <message>
        <source>I asked the provider: {what} is not in his books and will not be.</source>
        <translation>我已向支付渠道核实：{what} 不在其账上，今后也不会有。</translation>
    </message>
    <message>
        <source>Record as not done</source>
        <translation>录入：未执行</translation>
    </message>
    <message>
        <source>Record as done</source>
        <translation>录入：已执行</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录入</translation>
    </message>
    <message>
        <source>I saw it with the provider: {what} was carried out.</source>
        <translation>我已在支付渠道处查看：{what} 已执行。</translation>
    </message>
    <message>
        <source>never asked</source>
        <translation>从未询问</translation>
    </message>
    <message>
        <source>does not show this payment</source>
        <translation>查不到这笔支付</translation>
    </message>
    <message>
        <source>captured {captured}, refunded {refunded}, pending {pending}</source>
        <translation>已收 {captured}，已退 {refunded}，处理中 {pending}</translation>
    </message>
    <message>
        <source>read {when}</source>
        <translation>查询于 {when}</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>Leave it</source>
        <translation>先不处理</translation>
    </message>
    <message>
        <source>Ctrl+Enter confirms, Esc leaves it</source>
        <translation>Ctrl+Enter 确认，Esc 不处理</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>All keys</source>
        <translation>全部按键</translation>
    </message>
    <message>
        <source>Lists, guide and sheets</source>
        <translation>列表、指引和弹窗</translation>
    </message>
    <message>
        <source>Change the keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Move in the queue</source>
        <translation>在队列中移动</translation>
    </message>
    <message>
        <source>Open the case</source>
        <translation>打开个案</translation>
    </message>
    <message>
        <source>Answer the guide&apos;s question</source>
        <translation>回答手册的问题</translation>
    </message>
    <message>
        <source>Run the next step</source>
        <translation>执行下一步</translation>
    </message>
    <message>
        <source>Confirm a sheet</source>
        <translation>确认弹窗</translation>
    </message>
    <message>
        <source>Single letters act in lists and on the case page, never while you type. They can be switched off in the settings.</source>
        <translation>单字母按键只在列表和个案页上起作用，输入文字时不起作用。可在设置中关闭。</translation>
    </message>
</context>
<context>
    <name>SignOutSheet</name>
    <message>
        <source>Sign out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Signing out destroys what this computer keeps, and these with it. Not sent yet: {clicks}. Texts being written: {drafts}.</source>
        <translation>退出登录会销毁本机保留的内容，以下内容也会一并丢失。尚未发出：{clicks}。正在撰写：{drafts}。</translation>
    </message>
    <message>
        <source>Sign out and lose them</source>
        <translation>退出登录并丢弃</translation>
    </message>
</context>
<context>
    <name>Source</name>
    <message>
        <source>Shop</source>
        <translation>商城</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>支付渠道</translation>
    </message>
    <message>
        <source>Payment notices</source>
        <translation>支付通知</translation>
    </message>
    <message>
        <source>Monitoring</source>
        <translation>监控</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>坐席</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>no order</source>
        <translation>无订单</translation>
    </message>
    <message>
        <source>submitting</source>
        <translation>提交中</translation>
    </message>
    <message>
        <source>submitted</source>
        <translation>已提交</translation>
    </message>
    <message>
        <source>paying</source>
        <translation>支付中</translation>
    </message>
    <message>
        <source>marked paid</source>
        <translation>标为已付</translation>
    </message>
    <message>
        <source>confirmed</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>not shown to us</source>
        <translation>不可见</translation>
    </message>
</context>
<context>
    <name>Template</name>
    <message>
        <source>Please do not pay again, we are checking</source>
        <translation>请勿重复支付，正在核实</translation>
    </message>
    <message>
        <source>Your order is confirmed</source>
        <translation>订单已确认</translation>
    </message>
    <message>
        <source>Your refund was accepted</source>
        <translation>退款已受理</translation>
    </message>
    <message>
        <source>Your refund is being processed</source>
        <translation>退款处理中</translation>
    </message>
    <message>
        <source>Your money was paid back</source>
        <translation>款项已退还</translation>
    </message>
    <message>
        <source>The reservation was released</source>
        <translation>预授权已解除</translation>
    </message>
    <message>
        <source>No payment arrived, please pay again</source>
        <translation>未收到款项，请重新支付</translation>
    </message>
    <message>
        <source>We need a correction from you</source>
        <translation>需要您更正信息</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Open the desk</source>
        <translation>打开工作台</translation>
    </message>
</context>
<context>
    <name>Undo</name>
    <message>
        <source>Taken back before it was sent: {what}.</source>
        <translation>已在发送前撤回：{what}。</translation>
    </message>
    <message>
        <source>Undoing the claim: the case is being given back.</source>
        <translation>正在撤销认领，交回个案。</translation>
    </message>
    <message>
        <source>Undoing the release: the case is being claimed again.</source>
        <translation>正在撤销释放，重新认领个案。</translation>
    </message>
    <message>
        <source>What you typed would be lost: {what}. If you no longer want it, let it go under “Not sent yet”.</source>
        <translation>撤销会丢失您输入的内容：{what}。如果确实不要了，请到“待发送”中放弃。</translation>
    </message>
    <message>
        <source>There is nothing to undo: the gateway did not carry it out. It stands under “Not sent yet”: {what}.</source>
        <translation>没有可撤销的：网关没有执行这项操作，它在“待发送”中：{what}。</translation>
    </message>
    <message>
        <source>It is on its way and may have been done, so it cannot be taken back: {what}.</source>
        <translation>正在发送，可能已经执行，无法撤回：{what}。</translation>
    </message>
    <message>
        <source>What moves money cannot be undone: {what}. If it was wrong, escalate the case.</source>
        <translation>涉及资金的操作不能撤销：{what}。如有错误，请上报该个案。</translation>
    </message>
    <message>
        <source>A message cannot be taken back once the gateway has it. Send another one that corrects it.</source>
        <translation>消息交给网关后无法撤回。请再发一条更正。</translation>
    </message>
    <message>
        <source>It is done and in the case&apos;s record, and cannot be undone: {what}.</source>
        <translation>已经完成并记入个案记录，无法撤销：{what}。</translation>
    </message>
    <message>
        <source>Open the case again to undo what was done there: {what}.</source>
        <translation>请重新打开该个案，再撤销其中的操作：{what}。</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>The search is back.</source>
        <translation>已恢复搜索内容。</translation>
    </message>
</context>
<context>
    <name>Unlock</name>
    <message>
        <source>It opens when the connection is back.</source>
        <translation>恢复连接后即可操作。</translation>
    </message>
    <message>
        <source>Ask: {roles}.</source>
        <translation>请找：{roles}。</translation>
    </message>
    <message>
        <source>Claim it ({key_claim}).</source>
        <translation>请先认领（{key_claim}）。</translation>
    </message>
    <message>
        <source>Ask for the case, or wait until it is released.</source>
        <translation>请向对方索取个案，或等其释放。</translation>
    </message>
    <message>
        <source>It opens when the gateway has taken the claim.</source>
        <translation>网关确认认领后即可操作。</translation>
    </message>
    <message>
        <source>Reopen the case first.</source>
        <translation>请先重新打开个案。</translation>
    </message>
    <message>
        <source>It can only be done in the shop itself.</source>
        <translation>只能在商城里操作。</translation>
    </message>
    <message>
        <source>It can only be done at the payment provider: escalate ({key_escalate}).</source>
        <translation>只能在支付渠道处理：请上报（{key_escalate}）。</translation>
    </message>
    <message>
        <source>Wait for its outcome.</source>
        <translation>请等待其结果。</translation>
    </message>
    <message>
        <source>Recheck ({key_recheck}).</source>
        <translation>请重新核查（{key_recheck}）。</translation>
    </message>
    <message>
        <source>Wait until then, then recheck.</source>
        <translation>请等到那时再核查。</translation>
    </message>
    <message>
        <source>Escalate ({key_escalate}).</source>
        <translation>请上报（{key_escalate}）。</translation>
    </message>
    <message>
        <source>Capture it or release it instead.</source>
        <translation>请改为扣款或解除预授权。</translation>
    </message>
    <message>
        <source>Refund instead ({key_refund}).</source>
        <translation>请改为退款（{key_refund}）。</translation>
    </message>
    <message>
        <source>Have the shop read the payment instead ({key_complete}).</source>
        <translation>请改为让商城重新读取支付结果（{key_complete}）。</translation>
    </message>
    <message>
        <source>Complete the order instead ({key_complete}).</source>
        <translation>请改为补单（{key_complete}）。</translation>
    </message>
    <message>
        <source>Notify the customer first ({key_notify}).</source>
        <translation>请先通知客户（{key_notify}）。</translation>
    </message>
    <message>
        <source>Carry out the proposed action first.</source>
        <translation>请先执行建议的操作。</translation>
    </message>
    <message>
        <source>It would be wrong here.</source>
        <translation>在这里不该执行。</translation>
    </message>
</context>
<context>
    <name>Upkeep</name>
    <message>
        <source>Something went wrong in the desk earlier. A report without customers&apos; data is kept on this computer: see Help, Diagnostics.</source>
        <translation>工作台之前出过错。本机保存了一份不含客户资料的报告，见“帮助”中的“诊断信息”。</translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <source>no payment</source>
        <translation>无支付</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>reserved</source>
        <translation>已预授权</translation>
    </message>
    <message>
        <source>captured</source>
        <translation>已收款</translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>已超时</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>被拒</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已解除</translation>
    </message>
    <message>
        <source>partly refunded</source>
        <translation>部分退款</translation>
    </message>
    <message>
        <source>refunded</source>
        <translation>已退款</translation>
    </message>
    <message>
        <source>disputed</source>
        <translation>有争议</translation>
    </message>
</context>
<context>
    <name>Why</name>
    <message>
        <source>the gateway cannot be reached</source>
        <translation>连不上网关</translation>
    </message>
    <message>
        <source>your role may not {scope}</source>
        <translation>您的角色不能{scope}</translation>
    </message>
    <message>
        <source>you have not claimed the case</source>
        <translation>您尚未认领个案</translation>
    </message>
    <message>
        <source>your claim has not reached the gateway yet</source>
        <translation>您的认领尚未送达网关</translation>
    </message>
    <message>
        <source>{name} is working on the case</source>
        <translation>{name} 正在处理该个案</translation>
    </message>
    <message>
        <source>the case is closed</source>
        <translation>个案已结束</translation>
    </message>
    <message>
        <source>{shop} cannot do this from here</source>
        <translation>{shop}不支持从这里操作</translation>
    </message>
    <message>
        <source>the payment provider of {shop} cannot be asked from here</source>
        <translation>无法从这里询问{shop}的支付渠道</translation>
    </message>
    <message>
        <source>“{action}” is not settled yet: {state}</source>
        <translation>“{action}”尚无定论：{state}</translation>
    </message>
    <message>
        <source>the provider has not been asked yet</source>
        <translation>还没有问过支付渠道</translation>
    </message>
    <message>
        <source>the payment result is {age} old</source>
        <translation>支付结果已是 {age}前的</translation>
    </message>
    <message>
        <source>the shop does not show us the order</source>
        <translation>商城不向我们显示此订单</translation>
    </message>
    <message>
        <source>the payment result is unknown</source>
        <translation>支付结果未知</translation>
    </message>
    <message>
        <source>the sources contradict each other: {conflicts}</source>
        <translation>各来源互相矛盾：{conflicts}</translation>
    </message>
    <message>
        <source>the timed-out payment may still arrive until {until}</source>
        <translation>超时的支付在 {until} 之前仍可能到账</translation>
    </message>
    <message>
        <source>no money was captured</source>
        <translation>没有收到款项</translation>
    </message>
    <message>
        <source>the money is only reserved, not captured</source>
        <translation>款项只是预授权，尚未收款</translation>
    </message>
    <message>
        <source>no money is reserved</source>
        <translation>没有预授权的款项</translation>
    </message>
    <message>
        <source>nothing is left to refund</source>
        <translation>没有可退的余额</translation>
    </message>
    <message>
        <source>a refund is already under way</source>
        <translation>已有退款在处理中</translation>
    </message>
    <message>
        <source>money was already paid back</source>
        <translation>款项已经退还</translation>
    </message>
    <message>
        <source>the platform is refunding by itself</source>
        <translation>平台正在自行退款</translation>
    </message>
    <message>
        <source>the amount does not match: {match}</source>
        <translation>金额不符：{match}</translation>
    </message>
    <message>
        <source>someone other than this customer paid</source>
        <translation>付款的不是本客户</translation>
    </message>
    <message>
        <source>the provider does not say who paid</source>
        <translation>支付渠道没有说明付款人是谁</translation>
    </message>
    <message>
        <source>the order was completed with this payment at {at}</source>
        <translation>已于 {at} 用这笔支付补单</translation>
    </message>
    <message>
        <source>the shop has confirmed the order</source>
        <translation>商城已确认订单</translation>
    </message>
    <message>
        <source>the shop already has the order</source>
        <translation>商城已有该订单</translation>
    </message>
    <message>
        <source>the shop&apos;s stage and the payment agree</source>
        <translation>商城状态与支付一致</translation>
    </message>
    <message>
        <source>the order cannot be delivered {why}</source>
        <translation>订单无法履行{why}</translation>
    </message>
    <message>
        <source>the shop has not said whether the order can be delivered</source>
        <translation>商城没有说明订单能否履行</translation>
    </message>
    <message>
        <source>the reservation has expired</source>
        <translation>预授权已过期</translation>
    </message>
    <message>
        <source>the shop has refused no entry</source>
        <translation>商城没有拒绝任何信息</translation>
    </message>
    <message>
        <source>there is no address to write to</source>
        <translation>没有可用的联系方式</translation>
    </message>
    <message>
        <source>order and money are not settled yet</source>
        <translation>订单和款项尚未落定</translation>
    </message>
    <message>
        <source>the customer was not told the outcome yet</source>
        <translation>还没有把结果告诉客户</translation>
    </message>
    <message>
        <source>the payment is disputed at the provider</source>
        <translation>支付渠道上这笔支付存在争议</translation>
    </message>
</context>
<context>
    <name>WithdrawSheet</name>
    <message>
        <source>Withdraw the request</source>
        <translation>撤回申请</translation>
    </message>
    <message>
        <source>{what} waits for a second person. Nothing was sent. Withdrawn, it cannot be approved any more, and the order is free for another action.</source>
        <translation>{what} 正等待另一人审批，尚未发送。撤回后不能再审批，该订单可做其他操作。</translation>
    </message>
    <message>
        <source>Withdraw: {what}</source>
        <translation>撤回：{what}</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>The shop said: “{words}”</source>
        <translation>商城的说明：“{words}”</translation>
    </message>
</context>
<context>
    <name>clicks</name>
    <message>
        <source>Do not approve</source>
        <translation>不批准</translation>
    </message>
    <message>
        <source>You wanted: {what}</source>
        <translation>您要做的：{what}</translation>
    </message>
    <message>
        <source>You wanted: {what}: “{text}”</source>
        <translation>您要做的：{what}：“{text}”</translation>
    </message>
    <message>
        <source>The answer is asked for again by itself.</source>
        <translation>程序会自动再次询问结果。</translation>
    </message>
    <message>
        <source>It is sent by itself when the gateway answers.</source>
        <translation>网关恢复应答后会自动发送。</translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小时</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>over for %1</source>
        <translation>已超时 %1</translation>
    </message>
    <message>
        <source>only %1 left</source>
        <translation>只剩 %1</translation>
    </message>
    <message>
        <source>in %1</source>
        <translation>还有 %1</translation>
    </message>
</context>
<context>
    <name>handover</name>
    <message>
        <source>Done so far</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>What it waits for</source>
        <translation>正在等待</translation>
    </message>
    <message>
        <source>What the customer was told</source>
        <translation>已告知客户</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>{question} – {answer}</source>
        <translation>{question}——{answer}</translation>
    </message>
    <message>
        <source>{what} ({detail})</source>
        <translation>{what}（{detail}）</translation>
    </message>
</context>
<context>
    <name>locked</name>
    <message>
        <source>The gateway cannot be reached. It opens when the connection is back.</source>
        <translation>无法连接网关，连接恢复后即可操作。</translation>
    </message>
</context>
<context>
    <name>locks</name>
    <message>
        <source>“{action}” is locked: {why}. {unlock}</source>
        <translation>“{action}”已锁定：{why}。{unlock}</translation>
    </message>
    <message>
        <source>Also: {reasons}.</source>
        <translation>此外：{reasons}。</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>someone else</source>
        <translation>其他人</translation>
    </message>
    <message>
        <source>this shop</source>
        <translation>该商城</translation>
    </message>
</context>
<context>
    <name>people</name>
    <message>
        <source>{name} is looking at this case, too</source>
        <translation>{name} 也在查看此个案</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{names} and {last} are looking at this case, too</source>
        <translation>{names}、{last} 也在查看此个案</translation>
    </message>
    <message>
        <source>{names} and {count} more are looking at this case, too</source>
        <translation>{names} 等另有 {count} 人也在查看此个案</translation>
    </message>
    <message>
        <source>do this</source>
        <translation>执行此操作</translation>
    </message>
    <message>
        <source>another message</source>
        <translation>另一条消息</translation>
    </message>
</context>
<context>
    <name>problems</name>
    <message>
        <source>your team lead</source>
        <translation>组长</translation>
    </message>
    <message>
        <source>No gateway answers at this address. Look at the address and at your network; the desk tries again every few seconds.</source>
        <translation>此地址没有网关应答。请检查地址和网络；工作台每隔几秒会再试一次。</translation>
    </message>
    <message>
        <source>The gateway&apos;s audit log was changed: its entry {was} is not the one of {when}. Tell a technician now; this desk keeps the proof.</source>
        <translation>网关的审计日志被改动：第 {was} 条与 {when} 时不同。请立即通知技术人员；本工作台保留了凭据。</translation>
    </message>
    <message>
        <source>The gateway&apos;s audit log was cut: it ends at entry {now}, and held entry {was} at {when}. Tell a technician now; this desk keeps the proof.</source>
        <translation>网关的审计日志被截断：现止于第 {now} 条，而 {when} 时已有第 {was} 条。请立即通知技术人员；本工作台保留了凭据。</translation>
    </message>
    <message>
        <source>for a reason this desk does not know</source>
        <translation>原因不为本程序所知</translation>
    </message>
</context>
<context>
    <name>records</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>%1, by the platform itself</source>
        <translation>%1（平台自动）</translation>
    </message>
    <message>
        <source>{what}: {said}</source>
        <translation>{what}：{said}</translation>
    </message>
    <message>
        <source>{text} ({why})</source>
        <translation>{text}（{why}）</translation>
    </message>
    <message>
        <source>{text} ({ago}, out of date)</source>
        <translation>{text}（{ago}，已过时）</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>有应答</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>By</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>has read the hand-over</source>
        <translation>已看过交接说明</translation>
    </message>
    <message>
        <source>Hand-over. {text}</source>
        <translation>交接说明：{text}</translation>
    </message>
    <message>
        <source>waiting to be sent</source>
        <translation>待发送</translation>
    </message>
    <message>
        <source>not taken by the gateway: see “Not sent yet”</source>
        <translation>网关未接受，详见“待发送”</translation>
    </message>
    <message>
        <source>you</source>
        <translation>您</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>{by}, approved by {approver}</source>
        <translation>{by}，{approver} 批准</translation>
    </message>
    <message>
        <source>{by}, not approved by {approver}</source>
        <translation>{by}，{approver} 未批准</translation>
    </message>
</context>
</TS>
