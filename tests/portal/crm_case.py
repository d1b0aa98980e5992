"""What the tests of the CRM part share: makers of its objects."""

from portal_case import Case


class CrmCase(Case):
    def add(self, entity_type, fields):
        return self.rest("crm.item.add", {
            "entityTypeId": entity_type,
            "fields": fields or {"opened": "Y"}})["result"]["item"]

    def company(self, **fields):
        return self.add(4, fields)

    def contact(self, **fields):
        return self.add(3, fields)

    def deal(self, **fields):
        return self.add(2, fields)

    def get(self, entity_type, ident):
        return self.rest("crm.item.get", {
            "entityTypeId": entity_type, "id": ident})["result"]["item"]

    def update(self, entity_type, ident, **fields):
        return self.rest("crm.item.update", {
            "entityTypeId": entity_type, "id": ident,
            "fields": fields})["result"]["item"]

    def items(self, entity_type, given=None, **more):
        return self.rest("crm.item.list", {
            "entityTypeId": entity_type, "filter": given or {}, **more})

    def requisite(self, owner, owner_type=4, **fields):
        return self.rest("crm.requisite.add", {"fields": {
            "ENTITY_TYPE_ID": owner_type, "ENTITY_ID": owner,
            "PRESET_ID": 1, "NAME": "Организация", **fields}})["result"]

    def bank(self, requisite, **fields):
        return self.rest("crm.requisite.bankdetail.add", {"fields": {
            "ENTITY_ID": requisite, "NAME": "Банк", **fields}})["result"]

    def address(self, requisite, **fields):
        return self.rest("crm.address.add", {"fields": {
            "TYPE_ID": 6, "ENTITY_TYPE_ID": 8, "ENTITY_ID": requisite,
            **fields}})["result"]
