module temporal-power-automate/test/cluster/switch

go 1.24
