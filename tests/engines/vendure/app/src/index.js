// Server and job queue in one process, and the control port of the tests beside it.
const { JobQueueService, bootstrap } = require("@vendure/core")
const { config } = require("./config")
const { listen } = require("./hand")

bootstrap(config)
  .then((app) => app.get(JobQueueService).start())
  .then(() => listen(Number(process.env.CONTROL_PORT)))
  .catch((error) => {
    console.error(error)
    process.exit(1)
  })
