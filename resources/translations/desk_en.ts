<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>AboutSheet</name>
    <message>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finds, diagnoses and resolves unreturned orders. Licence: Apache-2.0.

This program uses Qt and Qt for Python (PySide6) under the GNU Lesser General Public License, version 3. You may replace these libraries in the program&apos;s folder by your own builds, and study the program to make them work. Their sources are published by The Qt Company at download.qt.io.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActionButton</name>
    <message>
        <source>Request refund</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, locked</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActionKind</name>
    <message>
        <source>Recheck</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have the shop read the payment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Complete the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Capture and complete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release the reservation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notify</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Escalate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolve</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActionState</name>
    <message>
        <source>waiting for approval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recorded, not yet sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>outcome unknown, being checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accepted, being verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confirmed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rejected, nothing was done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not approved, never sent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AmountMatch</name>
    <message>
        <source>nothing captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the order&apos;s full amount</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>less than the order&apos;s amount</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more than the order&apos;s amount</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paid more than once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another currency</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ApprovalBar</name>
    <message>
        <source>Waiting for approval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approve {amount}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not approve…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settle by hand…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} asks for: {what}. Reason: “{reason}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}, asked for by {name}: the books do not tell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}, asked for by {name}, last sent {when}: the books do not tell.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AssignSheet</name>
    <message>
        <source>Assign the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, or the ID for signing in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;To whom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To whom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Assign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say who is to work on the case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The case stands in that person&apos;s queue, claimed for 30 minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is working on it now and no longer will be.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Awaited</name>
    <message>
        <source>{name} waits for your yes or no to: {what}. Answer below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to do now: {what} waits for a second person ({roles}). Nothing was sent yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to do now: {what}, asked for by {name}, is over your limit and waits for: {roles}. Nothing was sent yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to do now: {what}, asked for by {name}, waits for: {roles}. Nothing was sent yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the provider what became of: {what}. Then settle it below. Never send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What became of {what} must be found out by a second person: {roles}. Never send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What became of {what} is over your limit to settle. Ask: {roles}. Never send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What became of {what} must be found out and settled by: {roles}. Never send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your own request: a second person approves it. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over your limit. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role may not approve refunds. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You asked for it or approved it: a second person settles it. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role may not settle this. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AwayBar</name>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Callbacks</name>
    <message>
        <source>the shop replied that it was received</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop replied that it had received it, and did nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>delivered twice at the same moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>delivered before the shop had made the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reached the shop, which answered with an error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>delivered to an address that is not the shop&apos;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>turned away before it reached the shop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>payment notices are switched off, none was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the provider never sent a payment notice</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseHeader</name>
    <message>
        <source>Back to the queue ({key_back})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show contact data; this is logged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contact data needs the gateway: it logs every look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as it was {ago}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>placed {placed} · flagged {flagged}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Assign…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claim  {key_claim}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release  {key_claim}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>claimed by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is working on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is working on the case. Ask for it, or wait until it is released.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>claimed here, waiting to be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>released here, waiting to be sent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CasePage</name>
    <message>
        <source>Case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening the case…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The case could not be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The case is closed. Reopen it to answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claim the case ({key_claim}) to answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is working on the case and answers the guide.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseSheets</name>
    <message>
        <source>Escalate the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say what you found out and what is to be decided. It goes along.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolve the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The order stays watched for 72 hours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was a false alarm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the customer&apos;s entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The right value, as the customer confirmed it to you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Override this step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Override</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The step stays visible as overridden, with your reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do this step later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It comes again after the other steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The requester sees your reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>phone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>postcode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>e-mail address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>entry</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseState</name>
    <message>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>claimed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>being diagnosed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for a technician</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for approval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the next check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>action under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>being verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>resolved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>escalated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>false alarm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reopened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not claimed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseTabs</name>
    <message>
        <source>Keep note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the next person must know. No card numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ledger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to keep yet: write the note first.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClickKind</name>
    <message>
        <source>Claim the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Assign the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reopen the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer to the guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw the request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settle by hand</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClickState</name>
    <message>
        <source>waiting to be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sent, no answer yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not taken by the gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too old: you decide</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Column</name>
    <message>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shop says · money</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At risk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Age</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deadline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Likely next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claimed by</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Command</name>
    <message>
        <source>Open the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a command or a case…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the gateway now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock the desk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claim or release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Assign the case…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recheck shop and provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Complete the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell: do not pay again, we are checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notify the customer…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Escalate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolve…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show contact data (logged)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand the case over…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy a link to the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to my cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the team&apos;s cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to money without an order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to waiting cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to approvals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to resolved cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to what is not sent yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the guide reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Print the guide…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the guide as PDF…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose notices…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network test…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About and licences</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Conflict</name>
    <message>
        <source>One and the same event was reported with two different contents.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One source contradicts itself about this payment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop says that it was paid, the provider does not know of the money.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop says that the payment failed, the provider has captured it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop says that it refunded, the provider has paid nothing back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money moved, and no source says how much.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One payment was reported in two currencies.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConnectPage</name>
    <message>
        <source>Connect to your gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Address of the gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Access &amp;token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway stands before your shops. Your team lead has its address and tells you how to sign in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or with an access &amp;token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you need to go on is kept here encrypted; its key is in this computer&apos;s keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the browser…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in with your company account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checklist and every cause; works without a gateway</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CustomerMatch</name>
    <message>
        <source>paid by this customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paid by someone else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>payer not known</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DeadlineKind</name>
    <message>
        <source>auto-cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auto-refund</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reservation ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>late window closes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>The settings could not be read and start anew; the old file is {file}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DeskWindow</name>
    <message>
        <source>Unreturned orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} not sent yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DiagnosticsSheet</name>
    <message>
        <source>Diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is all that the file holds: no customer&apos;s data, no token, no password. It is saved on this computer only; you decide whom you give it to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Content of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {file}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Done</name>
    <message>
        <source>shop and provider were asked again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop has taken the payment in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the order exists, and nothing was charged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>captured once, and the order exists.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reservation was released.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the provider has taken the refund in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the entry was corrected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the message was handed over for delivery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the case was escalated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the case is resolved and watched for 72 hours.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Ended</name>
    <message>
        <source>withdrawn, never sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not approved, never sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confirmed by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>found by a person: not done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Ending</name>
    <message>
        <source>{what}: withdrawn by {name}. It was never sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: not approved by {name}. It was never sent. Reason: “{reason}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirmed by a person: {what} was done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: a person found that it was not done. The order is free again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Entrance</name>
    <message>
        <source>The key of what is kept here is in another keyring ({before}) than the one in use now ({now}). Put the old one back, or start anew: what was not sent yet would be lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer&apos;s keyring is locked or does not answer. Unlock it, then try again; nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is kept on this computer opens with your passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many wrong passphrases. Try again in {seconds} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is not the passphrase. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A passphrase has at least {least} characters. Several words are good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key of what is kept here is gone, and nobody can open it without. You can start anew: what was not sent yet is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key of what is kept here cannot be read or written. Try again; if it stays so, tell a technician.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sign-in was given up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody came back from the browser. Sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your company&apos;s sign-in said no ({said}). If it stays so, ask whoever gives out accounts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sign-in was broken off, because it was not safe. Look at the gateway&apos;s address; if it is right, tell a technician: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sign-in came to nothing. Sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of you is kept on this computer any more. Sign in to go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your sign-in has ended. Sign in again; what you were writing is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can close this window and go back to your desk.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EventKind</name>
    <message>
        <source>Order submitted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submission timed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shop reports a stage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order confirmed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop refused an entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment pending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money reserved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment timed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment declined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reservation released</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment disputed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund requested</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund: outcome unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund paid out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment notice received</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment notice turned away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message sent to the customer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EvidenceKind</name>
    <message>
        <source>Order looked up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payments looked up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notices looked up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Health checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stock and delivery checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Statement</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Family</name>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network and payment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Customer&apos;s entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permission</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No fault</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Fate</name>
    <message>
        <source>It was not done: the gateway never carried it out. After two minutes it is not sent without you. Look at the case; then send it or let it go.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It may have been done: the gateway does not tell. Look at the case first. Sent again, it still happens once at most.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>This is not an address. It looks like https://gateway.example.com</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another computer is reached by https only; http would send the token in the open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no link to a case. One looks like agent-app://case/C000042</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The access token holds characters that no token has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody with this ID may work on this case. Nothing was done; look at how it is written, or ask an administrator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The provider&apos;s books do not settle it. Nothing was done: name who was asked there, and the ticket.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FlagRule</name>
    <message>
        <source>The submission never came back from the shop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submitted, and no payment was ever tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The payment has been running too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money captured, the order is not confirmed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money captured, the shop has no order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop says paid, the provider does not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The customer paid more than once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money captured, the order was cancelled or expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A refund has been under way too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The platform will act by itself within half an hour</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Flagged</name>
    <message>
        <source>Not approved {days} days after the purchase; with {method} that is late in this shop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop promised to hand it over by {promised}; after {days} days such orders of this shop seldom arrive by themselves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not handed over {days} days after the purchase; such orders of this shop seldom arrive by themselves</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Freshness</name>
    <message>
        <source>Cases: {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cases from the gateway yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not all yet: the others come once the gateway answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as of {time} · {ago}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>synced {ago}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped at {done} of {total} cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fetching {done} of {total} cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway cannot be reached since {since}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is so since {since}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} ({length})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you see is from {time}, {ago}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on: search the queue, read cases that were opened here before, claim, release, note, answer the guide. Money and contact data wait for the gateway.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent yet: {count}; this is done by itself once it answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cases on this computer yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They come as soon as the gateway answers. The guide works without it ({key_go_guide}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fetching cases…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No case matches your search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press Enter to ask the gateway, or Esc to clear it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway cannot be asked now. Esc clears it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looked through the cases on this computer, as of {time}; the gateway cannot be asked now. Esc clears it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So it was at {time}. The gateway cannot be reached: what is newer comes once it answers.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Fulfilment</name>
    <message>
        <source>can be delivered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be delivered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>out of stock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no longer offered</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuidePage</name>
    <message>
        <source>Guide reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search steps, symptoms and causes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps and causes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chosen step or cause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Print…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PDF…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the whole guide as PDF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No step and no cause matches your search.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No guide is installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What one sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What speaks for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What speaks against it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to do</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to tell the customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who repairs it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuidePanel</name>
    <message>
        <source>Nothing is left to find out. Tell the customer ({key_notify}), then resolve ({key_resolve}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is left to find out. Recheck once more ({key_recheck}), then resolve ({key_resolve}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is left to find out. Resolve the case ({key_resolve}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other checks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say: “{words}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recheck now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Override…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Later…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {all} steps known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No guide is installed. The action bar shows the remedy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every step is answered. The action bar shows the remedy.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuidePrint</name>
    <message>
        <source>Version {version}. {steps} steps, {causes} causes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the guide as PDF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The guide was saved as {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The guide went to the printer {name}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuideText</name>
    <message>
        <source>The program looks this up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look it up yourself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checklist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {number} of {all}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>always needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say to the customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps that point to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>points to</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Handover</name>
    <message>
        <source>The hand-over was read.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HandoverBar</name>
    <message>
        <source>Handed over by {name}, {ago}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I have read it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HandoverSheet</name>
    <message>
        <source>Hand the case over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stands on top of the case until the next person has read it. No card numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release without a note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the note and release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the hand-over note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{heading}: {text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say what the next person must know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The note is too long: {count} of {most} characters.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Health</name>
    <message>
        <source>shop and provider answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the provider does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neither the shop nor the provider answers</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HealthSheet</name>
    <message>
        <source>Network test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Testing: {part}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time (median)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In between: proxy {proxy}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyChoice</name>
    <message>
        <source>The two passphrases are not the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has no safe keyring. What is kept here:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing: only for as long as the desk runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your work, encrypted with a passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New &amp;passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passphrase a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeysSheet</name>
    <message>
        <source>Change the keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a command, go to the field below and press its new key. Two keys one after the other are possible, as G, M.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Usual key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All keys as usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} moves in lists, answers or types, and cannot be given away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} is the key of “{other}”. Give that another key first, or none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New &amp;key of “{command}”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KnownPanel</name>
    <message>
        <source>What we know</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shop says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the queue because: {reasons}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{age}, out of date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last look: the shop {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended by the platform&apos;s timer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last look: the provider {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>payments: {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paid back, and not in the shop&apos;s books: {amount}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Level</name>
    <message>
        <source>Watched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flagged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LockPage</name>
    <message>
        <source>Locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was not sent yet is lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forgets everything on this computer, drafts and unsent clicks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you were writing is kept. Your passphrase opens it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you were writing is kept for as long as the desk runs. Nothing is on the disk, so whoever sits here can unlock it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you were writing is kept. This computer&apos;s keyring has the key and may ask for your password.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Look</name>
    <message>
        <source>works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>did not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not show it to us</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refuses us access</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in its own words: “{words}”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Menu</name>
    <message>
        <source>&amp;Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageSheet</name>
    <message>
        <source>Notify the customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing the message…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No message is true of this case at the moment.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MoneySheet</name>
    <message>
        <source>Payment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Amount</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For the ledger and for whoever approves it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over your limit: a second person approves it before anything is sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say why: the ledger keeps the reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most {limit} may be moved here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not an amount. Write it like {example}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request refund of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refunded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remaining</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NetworkRows</name>
    <message>
        <source>Proxy of the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This proxy:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate of your company…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds from the next start on. Proxies by an automatic script (PAC) and SOCKS are not supported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file holds no certificate that can be used. Ask IT for the certificate of your company&apos;s authority (PEM or DER).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A proxy&apos;s address with a password is not kept; leave the password out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not the address of an http proxy, such as {example}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NetworkTest</name>
    <message>
        <source>Look up the name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypt (TLS)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer of the gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clock of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>slow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking up the gateway&apos;s name is slow. Switch the VPN or the Wi-Fi off and on; if it stays slow, tell IT that the name service (DNS) is slow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The way to the gateway is slow. Go nearer to the Wi-Fi or use a cable, and end downloads and video calls; if it stays slow, tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encryption takes long. A virus scanner or a company proxy that looks into connections is the usual cause: tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your network is fine, the gateway itself is slow. Nothing is wrong at your desk: tell your team lead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your network is fine, the gateway answers slowly to signed-in people. Tell your team lead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live changes come late. A proxy in between may hold them back: tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name {host} is not known here. Check the address in the settings; if it is right, connect the VPN or tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name service (DNS) does not answer. Check cable, Wi-Fi and VPN; if other websites open, tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host} is there and takes no connection. Most likely the gateway is not running: tell your team lead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No connection to {host} comes about. If other websites open, a firewall is in the way: tell IT. If not, check cable, Wi-Fi and VPN.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy does not let this desk through. Check the proxy in the settings and tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate of {host} is not trusted. If your company looks into connections, choose its certificate file in the settings. Do not go on otherwise: somebody may be listening.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No encrypted connection to {host} comes about. Something else may be at this address, or something in between breaks encryption: tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection stands and the gateway says nothing. Your network is most likely fine: tell your team lead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection breaks off. Change from Wi-Fi to a cable or switch the VPN off and on; if it stays so, tell IT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something other than the gateway answers at {host}. Check the address; in a public network sign in to it with the browser first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your network is fine, the gateway answers with an error. Tell your team lead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer is {seconds} s off. Have it set by the network, or sign-in may fail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network is fine, your sign-in is no longer valid. Sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live changes do not get through; the desk asks every few seconds instead. Tell IT that event streams (text/event-stream) must pass at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no longer valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sometimes broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The way to the gateway is fine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} ({ratio} × the last good test)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by the proxy {proxy}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Close this notice</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeSheet</name>
    <message>
        <source>Notices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Told while you work in another window. A notice says how many cases, never which or whose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>The sign-in has ended. Sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cases of yours with a deadline in under 5 minutes: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New requests for approval: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New cases assigned to you: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sign-in has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A case of mine has under 5 minutes left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody asks for an approval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A case is assigned to me</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutboxPage</name>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything has been sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you do while the gateway is away waits here, and is not lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send it now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The case now: {state}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OwnKeys</name>
    <message>
        <source>The keys in the settings file cannot be used together. The usual keys act; choose yours again under Help, Change the keys.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Find a command or a case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A command, a screen or an order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What goes with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing goes by that name. Enter looks for it in the queue.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PassphraseSheet</name>
    <message>
        <source>Change the passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is kept on this computer stays as it is. Nobody can recover a passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passphrase &amp;until now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New passphrase a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From now on the new passphrase opens it, and no other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the passphrase you have used so far.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two new passphrases are not the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changing…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PaymentMethod</name>
    <message>
        <source>credit card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>debit card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wallet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bank transfer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>payment slip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>store credit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>payment method not known</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Phase</name>
    <message>
        <source>{what}: sending…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: the gateway&apos;s answer was lost. It may or may not have gone through. We are asking; do not send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: waiting for a second person&apos;s approval. Nothing was sent yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: recorded, about to be sent…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: sent, outcome unknown. We are checking; do not send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: accepted. Checking in the books of shop and provider…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: rejected. Nothing was done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: not approved. It was never sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: the outcome could not be found out. Someone must ask the provider; do not send it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirmed: {done}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: the gateway did not answer in time. “Not sent yet” shows what is known; nothing more is sent until you decide there.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Place</name>
    <message>
        <source>Mine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Team</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money without an order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approvals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guide reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Approve</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Problem</name>
    <message>
        <source>The gateway cannot be reached. Nothing was sent; the desk reconnects by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway did not answer. It may or may not have gone through: look at the ledger of the case before you do anything else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This gateway speaks version {theirs}, this desk knows version {ours}. Install the desk that goes with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway&apos;s answer could not be used. Nothing was changed; try again in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The access token was refused. Ask your team lead for a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role may not {scope}. Nothing was done. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not there, or not shown to your account. Nothing was done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway locks this: {why}. Nothing was done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The case has changed meanwhile. Nothing was done; read it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many requests at once. Nothing was done; try again in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop did not answer. What is shown is as old as it says; try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway did not take this: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway cannot work at the moment. Nothing was changed; the desk asks again by itself. If it stays so, tell a technician.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is working on this case. Ask {name} for it, or take another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was first. Nothing more was done; the case is shown as it is now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You asked for this or approved it: a second person decides. Nothing was done. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is over the limit of your role. Nothing was done. Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This gateway is older than the desk and does not know this yet. Nothing was done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is longer than the gateway takes. Nothing was done; shorten it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This could not be written on this computer: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk of this computer is full. This was not kept and not sent; make room, then do it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this desk keeps on the computer cannot be read or written. This was not kept and not sent; start the desk again, and tell a technician if it stays so.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Search cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search order, customer, shop ({key_search})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search ({key_search})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An unreturned order was submitted or paid by the customer and never confirmed by the shop. It has nothing to do with goods sent back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The provider holds the customer&apos;s money, and the shop has no order for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have claimed no case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the team&apos;s queue ({key_go_team}) and claim one ({key_claim}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No money without an order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every captured payment has its order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cases that wait for someone or for the next check stand here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refunds that need a second person appear here by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No resolved cases yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolved cases stay here and are watched for 72 hours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No unreturned orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every order has come back. New ones appear here by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReasonSheet</name>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a few words: the case keeps them.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RefundState</name>
    <message>
        <source>requested</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>outcome unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paid out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RemedyWhy</name>
    <message>
        <source>The shop does not show us this order. That is not the same as having none: someone with more rights must look.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shop and provider contradict each other. Nothing may be done with the money.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Someone other than this customer paid. Finance must look at it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money captured is not the order&apos;s amount. Finance must look at it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The platform is already paying the money back by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A refund is under way. Ask for its outcome; never start a second one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The refund waits for a second person. Nothing was sent yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody can say yet what happened to the money. Ask again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The customer paid more than once. Keep one payment, refund the surplus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money was captured, and the shop has no order. Complete it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money was captured, and the order cannot be delivered. Refund it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money must go back, and the shop cannot pay it back: it stands in none of its orders. Escalate, to have it refunded at the payment provider.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money was captured, and the shop does not know of it yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money was captured, and the order was ended. Bring it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beside the payment a second reservation stands. Release it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money is reserved and not captured. Capture it and complete the order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money is reserved, and the order will not be delivered. Release it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shop refused an entry of the customer. Have it corrected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No money was taken. Tell the customer that he may pay again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The money was paid back in full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The order is confirmed and paid once. Nothing is left to repair.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The payment is disputed at the provider. Finance must look at it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Rescue</name>
    <message>
        <source>What this computer kept was damaged and is made anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved, and still to be sent: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether more waited to be sent cannot be told: look at the cases that you worked on last.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent and lost: {count}. Look at the cases that you worked on last, and do it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing that waited to be sent is lost.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Role</name>
    <message>
        <source>agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>senior agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>team lead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>technician</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auditor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>administrator</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Scope</name>
    <message>
        <source>see one&apos;s own cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the team&apos;s cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the cases of all teams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>claim cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reassign cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see payments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recheck orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>complete orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancel orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>correct entries of orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>request refunds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>approve refunds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refund</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write to customers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>escalate cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>resolve cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see contact data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edit the guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edit the rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>declare incidents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edit connections</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Habits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single letters act in lists and on the case page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose notices…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign out and connect elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the passphrase…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only when I lock it ({key_lock})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After {minutes} min without a key or a click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {role}; gateway version {version}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettleSheet</name>
    <message>
        <source>Settle by hand: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was &amp;done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was &amp;not done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was checked, and with whom; the case keeps it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} by {name}, {when}. Reason: “{reason}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}, {count} times in all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shop says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{words}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Given up because</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the proof: the provider&apos;s number, or the ticket.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say what was checked, and with whom.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It counts as carried out; the same money is never sent again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Provider&apos;s number of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ticket at the provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ticket at the provider (if there is one)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Possible at {at} ({left} left): until then what was sent may still be applied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frees the order: {what} may be asked for again, and would be sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I asked the provider: {what} is not in his books and will not be.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record as not done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record as done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I saw it with the provider: {what} was carried out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not show this payment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>captured {captured}, refunded {refunded}, pending {pending}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read {when}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>Leave it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Enter confirms, Esc leaves it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>All keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists, guide and sheets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer the guide&apos;s question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirm a sheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single letters act in lists and on the case page, never while you type. They can be switched off in the settings.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SignOutSheet</name>
    <message>
        <source>Sign out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing out destroys what this computer keeps, and these with it. Not sent yet: {clicks}. Texts being written: {drafts}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign out and lose them</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Source</name>
    <message>
        <source>Shop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Payment notices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monitoring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>no order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>submitting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>submitted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paying</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>marked paid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confirmed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not shown to us</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Template</name>
    <message>
        <source>Please do not pay again, we are checking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your order is confirmed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your refund was accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your refund is being processed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your money was paid back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The reservation was released</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No payment arrived, please pay again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>We need a correction from you</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Open the desk</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Undo</name>
    <message>
        <source>Taken back before it was sent: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undoing the claim: the case is being given back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undoing the release: the case is being claimed again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you typed would be lost: {what}. If you no longer want it, let it go under “Not sent yet”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to undo: the gateway did not carry it out. It stands under “Not sent yet”: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is on its way and may have been done, so it cannot be taken back: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What moves money cannot be undone: {what}. If it was wrong, escalate the case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A message cannot be taken back once the gateway has it. Send another one that corrects it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is done and in the case&apos;s record, and cannot be undone: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the case again to undo what was done there: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The search is back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Unlock</name>
    <message>
        <source>It opens when the connection is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask: {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claim it ({key_claim}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the case, or wait until it is released.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It opens when the gateway has taken the claim.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reopen the case first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can only be done in the shop itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can only be done at the payment provider: escalate ({key_escalate}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for its outcome.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recheck ({key_recheck}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until then, then recheck.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Escalate ({key_escalate}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Capture it or release it instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refund instead ({key_refund}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have the shop read the payment instead ({key_complete}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Complete the order instead ({key_complete}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notify the customer first ({key_notify}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Carry out the proposed action first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It would be wrong here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Upkeep</name>
    <message>
        <source>Something went wrong in the desk earlier. A report without customers&apos; data is kept on this computer: see Help, Diagnostics.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <source>no payment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reserved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>timed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>declined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>released</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>partly refunded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refunded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>disputed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Why</name>
    <message>
        <source>the gateway cannot be reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your role may not {scope}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you have not claimed the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your claim has not reached the gateway yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is working on the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the case is closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shop} cannot do this from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the payment provider of {shop} cannot be asked from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{action}” is not settled yet: {state}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the provider has not been asked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the payment result is {age} old</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop does not show us the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the payment result is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the sources contradict each other: {conflicts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the timed-out payment may still arrive until {until}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no money was captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the money is only reserved, not captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no money is reserved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing is left to refund</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a refund is already under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>money was already paid back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the platform is refunding by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the amount does not match: {match}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>someone other than this customer paid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the provider does not say who paid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the order was completed with this payment at {at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop has confirmed the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop already has the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop&apos;s stage and the payment agree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the order cannot be delivered {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop has not said whether the order can be delivered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the reservation has expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shop has refused no entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no address to write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>order and money are not settled yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the customer was not told the outcome yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the payment is disputed at the provider</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WithdrawSheet</name>
    <message>
        <source>Withdraw the request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} waits for a second person. Nothing was sent. Withdrawn, it cannot be approved any more, and the order is free for another action.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw: {what}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>The shop said: “{words}”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>clicks</name>
    <message>
        <source>Do not approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You wanted: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You wanted: {what}: “{text}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer is asked for again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is sent by itself when the gateway answers.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over for %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only %1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>handover</name>
    <message>
        <source>Done so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it waits for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the customer was told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{question} – {answer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} ({detail})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>locked</name>
    <message>
        <source>The gateway cannot be reached. It opens when the connection is back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>locks</name>
    <message>
        <source>“{action}” is locked: {why}. {unlock}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also: {reasons}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>someone else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this shop</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>people</name>
    <message>
        <source>{name} is looking at this case, too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {last} are looking at this case, too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {count} more are looking at this case, too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>problems</name>
    <message>
        <source>your team lead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No gateway answers at this address. Look at the address and at your network; the desk tries again every few seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway&apos;s audit log was changed: its entry {was} is not the one of {when}. Tell a technician now; this desk keeps the proof.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The gateway&apos;s audit log was cut: it ends at entry {now}, and held entry {was} at {when}. Tell a technician now; this desk keeps the proof.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for a reason this desk does not know</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>records</name>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Amount</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, by the platform itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}: {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} ({why})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} ({ago}, out of date)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>English</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has read the hand-over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand-over. {text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting to be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not taken by the gateway: see “Not sent yet”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{by}, approved by {approver}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{by}, not approved by {approver}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
