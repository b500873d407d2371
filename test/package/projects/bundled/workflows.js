module.exports = require('temporal-power-automate/workflow');
